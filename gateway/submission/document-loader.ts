import type { Logger, Store } from '../../adapters/adapter.ts';
import { type ReceivedDocument, readDocument } from '../../adapters/kit/kcidb/read-document.ts';
import { jsonSize } from './json-size.ts';
import { type JudgedDocument, judgeDocument, judgedObjects } from './judge-document.ts';
import { JudgePool } from './judge-pool.ts';
import { judgeValue } from './judge-value.ts';
import { loadDocument } from './load-document.ts';
import { newReceiptId } from './receipt-id.ts';
import { refusalOf } from './refusal.ts';
import type { SpoolQuota } from './spool-quota.ts';
import type { Accepted, Authority, TakeMemory } from './submission-door.ts';

export interface DocumentLoaderOptions {
  readonly store: Store;
  /** Where documents too large for memory pass through. */
  readonly folder: string;
  readonly log: Logger;
  /** Holds for what is received here; absent: an operator's own machine. */
  readonly quota?: SpoolQuota;
}

/**
 * What all doors have in common: reads a document, judges it, and loads it in one transaction.
 * Its methods throw a `Refusal` with the faults of the document, or the `SourceError` of the store.
 */
export class DocumentLoader {
  readonly #store: Store;
  readonly #folder: string;
  readonly #log: Logger;
  readonly #quota: SpoolQuota | undefined;
  readonly #pool = new JudgePool();

  constructor({ store, folder, log, quota }: DocumentLoaderOptions) {
    this.#store = store;
    this.#folder = folder;
    this.#log = log;
    this.#quota = quota;
  }

  async loadValue(document: unknown, authority: Authority, signal: AbortSignal): Promise<Accepted> {
    const { judgement, objects } = await judgeValue(document, authority.origins, signal);
    return await this.#load(judgedObjects(judgement, objects), newReceiptId(), authority, signal);
  }

  async loadBytes(
    body: AsyncIterable<Uint8Array>,
    authority: Authority,
    signal: AbortSignal,
    takeMemory: TakeMemory = async () => {},
  ): Promise<Accepted> {
    const charge = this.#quota?.charge(authority.origins);
    try {
      const document = await readDocument(charge?.count(body) ?? body, this.#folder, signal);
      try {
        await takeMemory(await memoryOf(document), document.kind);
        return await this.loadReceived(document, newReceiptId(), authority, signal);
      } finally {
        await document.close();
      }
    } finally {
      charge?.release();
    }
  }

  /** Leaves the document open. */
  async loadReceived(
    document: ReceivedDocument,
    id: string,
    authority: Authority,
    signal: AbortSignal,
  ): Promise<Accepted> {
    const judged = await judgeDocument(document, authority.origins, this.#pool, this.#folder, signal);
    try {
      return await this.#load(judged, id, authority, signal);
    } finally {
      await judged.close();
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #load(judged: JudgedDocument, id: string, authority: Authority, signal: AbortSignal): Promise<Accepted> {
    const refusal = refusalOf(judged.judgement);
    if (refusal !== null) throw refusal;
    signal.throwIfAborted();
    return await loadDocument(this.#store, judged.objects(), id, authority, signal, this.#log);
  }
}

/** Bytes of memory that a value of JSON takes at least, beside its text. */
const EACH_VALUE = 48;
/** Of a document in a file, so much is in memory at once: an object as text and as a value, and a batch on its way. */
const MOST_OF_FILE = 90 * 1024 * 1024;

/** About how many bytes judging and loading a document takes, beside its own. */
async function memoryOf(document: ReceivedDocument): Promise<number> {
  if (document.kind === 'memory') return document.bytes.length * 2 + jsonSize(document.bytes).values * EACH_VALUE;
  const { size } = await document.file.stat();
  return Math.min(size * 3, MOST_OF_FILE);
}
