import type { Call, LoadCounts, Logger, Store, StoredObject } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import { ENTITY_NAMES } from '../../adapters/contract/model.ts';
import { type ReceivedDocument, readDocument } from '../../adapters/kit/kcidb/document-reader.ts';
import { type JudgedDocument, judgeDocument, judgedObjects, judgeValue } from './document-reader.ts';
import { jsonSize } from './json-size.ts';
import type { SpoolQuota } from './queue.ts';
import { JudgePool } from './read-pool.ts';
import { type Accepted, type Authority, newReceiptId, Refusal, refusalOf, type TakeMemory } from './submission.ts';

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

/**
 * Loads an accepted document in one transaction. It resolves after the commit; an abort before takes everything back.
 *
 * @throws {Refusal} where an object is right, but more than this store can hold.
 */
export async function loadDocument(
  store: Store,
  objects: AsyncIterable<StoredObject>,
  id: string,
  { origins }: Authority,
  signal: AbortSignal,
  log: Logger,
): Promise<Accepted> {
  const { conflicts, firstConflict, ...counts } = await store
    .load(objects, { origins, submission: id }, callOf(signal, log))
    .catch((error: unknown) => {
      throw isUnstorable(error) ? refusalByStore(error) : error;
    });
  return { id, message: `${describe(counts)}${describeConflicts(conflicts, firstConflict)}`, counts, conflicts };
}

// Deadlines are for queries: a document may take as long as it needs.
function callOf(signal: AbortSignal, log: Logger): Call {
  const warn: Call['warn'] = (error) =>
    log.warn({ err: error }, 'The store had a warning while a document was loaded.');
  return { signal, deadline: Number.POSITIVE_INFINITY, fields: new Set(), log, warn };
}

function isUnstorable(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code === 'SOURCE_BAD_DATA';
}

function refusalByStore({ message, id }: SourceError): Refusal {
  return new Refusal('BAD_USER_INPUT', `The document cannot be stored, and nothing of it was: ${message}`, [
    { path: '', rule: 'storable', message, value: id },
  ]);
}

function describe(counts: LoadCounts): string {
  const sum = { added: 0, changed: 0, unchanged: 0 };
  for (const entity of ENTITY_NAMES) {
    sum.added += counts[entity].added;
    sum.changed += counts[entity].changed;
    sum.unchanged += counts[entity].unchanged;
  }
  const total = sum.added + sum.changed + sum.unchanged;
  const objects = total === 1 ? '1 object' : `${total} objects`;
  return `The document is stored: ${objects}, ${sum.added} new, ${sum.changed} changed, ${sum.unchanged} unchanged.`;
}

function describeConflicts(count: number, first: string | null): string {
  if (count === 0) return '';
  return count === 1
    ? ` ${first} belongs to another origin: what the document says of it is recorded as a conflict and changes nothing.`
    : ` ${count} of them, the first ${first}, belong to other origins: what the document says of them is recorded as conflicts and changes nothing.`;
}
