import { mkdir, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Logger, Receipt, Store } from '../../adapters/contract/adapter.ts';
import { SourceError, type SourceErrorCode } from '../../adapters/contract/errors.ts';
import type { DocumentLoader } from './document-loader.ts';
import { FAILED, readHeader, readSpooled, SpoolFolder, type SpoolHeader, writeSpooled } from './queue-folder.ts';
import { type Authority, newReceiptId, Refusal } from './submission.ts';

export interface SpoolOptions {
  readonly folder: string;
  readonly store: Store;
  readonly loader: DocumentLoader;
  readonly quota: SpoolQuota;
  readonly log: Logger;
  /** Milliseconds before the first retry; doubled up to 30 s. */
  readonly retryAfter?: number;
}

interface Entry {
  readonly file: string;
  readonly header: SpoolHeader;
  /** What the document takes of the quota, until it is done with. */
  readonly charge: SpoolCharge;
  /** Settles when the store knows that the document waits, or cannot be told. */
  readonly recorded: Promise<void>;
}

const MAX_DELAY = 30_000;
const PASSING: readonly SourceErrorCode[] = ['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT', 'SOURCE_RATE_LIMITED'];
/** Tries of a document that fails for reasons that do not pass by waiting. */
const MAX_TRIES = 5;

/**
 * Documents that were answered before they were loaded. They lie on disk, survive the end of the process, and are loaded
 * one after the other in the order in which they came; while the store is down they wait.
 */
export class Spool {
  readonly #folder: SpoolFolder;
  readonly #spool: string;
  readonly #store: Store;
  readonly #loader: DocumentLoader;
  readonly #quota: SpoolQuota;
  readonly #log: Logger;
  readonly #retryAfter: number;
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new AbortController();
  /** Settles when all that waited from an earlier run is known. */
  readonly #ready: Promise<void>;
  readonly #worker: Promise<void>;
  #wake: () => void = () => {};
  #count = 0;

  constructor({ folder, store, loader, quota, log, retryAfter = 500 }: SpoolOptions) {
    this.#spool = folder;
    this.#folder = SpoolFolder.open(folder);
    for (const name of this.#folder.foreign) {
      log.warn({ folder: name }, 'The spool holds something that kcigraph did not put there; it is left alone.');
    }
    this.#store = store;
    this.#loader = loader;
    this.#quota = quota;
    this.#log = log;
    this.#retryAfter = retryAfter;
    this.#ready = this.#readWaiting();
    this.#worker = this.#work();
  }

  /** Resolves with the id of the receipt when the document cannot be lost any more. */
  async add(body: AsyncIterable<Uint8Array>, { origins }: Authority, signal: AbortSignal): Promise<string> {
    await this.#ready;
    const header: SpoolHeader = { id: newReceiptId(), origins, time: now() };
    const order = `${String(Date.now()).padStart(15, '0')}-${String(this.#count++).padStart(9, '0')}`;
    const charge = this.#quota.charge(origins);
    const name = `${order}-${header.id}`;
    const file = await writeSpooled(this.#folder.path, name, header, charge.count(body), signal).catch(
      (error: unknown) => {
        charge.release();
        throw error;
      },
    );
    // For the gateways that share the store but not this disk; without it, only this one knows the receipt.
    const recorded = this.#store.record({ ...header, state: 'inprogress', errors: [] }).catch((error: unknown) => {
      this.#log.warn(
        { err: error, submission: header.id },
        'The receipt of a spooled document could not be stored yet.',
      );
    });
    this.#entries.set(header.id, { file, header, charge, recorded });
    this.#wake();
    return header.id;
  }

  /** The receipt of a document that waits; null where none of this id does. */
  async receipt(id: string): Promise<Receipt | null> {
    await this.#ready;
    const entry = this.#entries.get(id);
    return entry === undefined ? null : { ...entry.header, state: 'inprogress', errors: [] };
  }

  /** Takes the load that is under way back, unless it is committed; what waits stays on disk for the next run. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The gateway is stopping.'));
    this.#wake();
    await this.#worker;
    await Promise.all([...this.#entries.values()].map(({ recorded }) => recorded));
    this.#folder.close();
  }

  async #work(): Promise<void> {
    await this.#ready;
    while (!this.#closing.signal.aborted) {
      const [entry] = this.#entries.values();
      if (entry === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      await entry.recorded;
      if (!(await this.#process(entry))) continue;
      this.#entries.delete(entry.header.id);
      entry.charge.release();
    }
  }

  async #readWaiting(): Promise<void> {
    // What was put aside stays on the disk until the operator removes it.
    for (const size of await sizesOf(join(this.#spool, FAILED))) this.#quota.charge(null).addStored(size);
    for (const file of this.#folder.waiting()) {
      const path = join(this.#folder.path, file);
      const header = await readHeader(path);
      if (header === null) {
        await this.#putAside(file);
        continue;
      }
      const charge = this.#quota.charge(header.origins).addStored((await stat(path)).size);
      this.#entries.set(header.id, { file, header, charge, recorded: Promise.resolve() });
    }
    if (this.#entries.size > 0) {
      this.#log.info({ documents: this.#entries.size }, 'Documents wait in the spool and are loaded now.');
    }
  }

  /** Gives whether the document is done with; false only when the gateway stops. */
  async #process(entry: Entry): Promise<boolean> {
    const { signal } = this.#closing;
    let tries = 0;
    for (let wait = this.#retryAfter; !signal.aborted; wait = Math.min(wait * 2, MAX_DELAY)) {
      try {
        await this.#load(entry);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (!isPassing(error)) tries++;
        this.#log.warn({ err: error, submission: entry.header.id }, 'A spooled document could not be loaded yet.');
        if (tries >= MAX_TRIES && (await this.#giveUp(entry))) return true;
      }
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  async #load({ file, header }: Entry): Promise<void> {
    const path = join(this.#folder.path, file);
    const known = await this.#store.receipt(header.id);
    // Loaded already where the process ended between the commit and the removal of the file.
    if (known === null || known.state === 'inprogress') {
      const spooled = await readSpooled(path);
      if (spooled === null) throw new Error('A spooled document is damaged.');
      try {
        await this.#loader.loadReceived(spooled.document, header.id, header, this.#closing.signal);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        await this.#store.record({ ...header, state: 'failed', errors: error.faults });
      } finally {
        await spooled.document.close();
      }
    }
    await unlink(path);
  }

  async #giveUp({ file, header }: Entry): Promise<boolean> {
    const message = 'The gateway could not load this document, and the fault is its own: the operator has kept it.';
    const fault: Fault = { path: '', rule: 'internal', message, value: null };
    try {
      await this.#putAside(file);
      await this.#store.record({ ...header, state: 'failed', errors: [fault] });
      return true;
    } catch (error) {
      this.#log.error({ err: error, submission: header.id }, 'A spooled document could not be put aside.');
      return false;
    }
  }

  async #putAside(file: string): Promise<void> {
    await mkdir(join(this.#spool, FAILED), { recursive: true, mode: 0o700 });
    const kept = join(this.#spool, FAILED, file);
    try {
      await rename(join(this.#folder.path, file), kept);
      this.#quota.charge(null).addStored((await stat(kept)).size);
    } catch (error) {
      // Moved by an earlier try whose receipt could not be stored.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    this.#log.error({ file }, 'A spooled document cannot be processed and was moved to the folder "failed".');
  }
}

/** Bytes of the files in a folder; none where there is no folder. */
async function sizesOf(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  return await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
}

function isPassing(error: unknown): boolean {
  return error instanceof SourceError && PASSING.includes(error.code);
}

/** In the form of the common model: microseconds, UTC. */
function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

export interface SpoolLimits {
  /** Bytes of all documents on disk. */
  readonly spoolBytes: number;
  /** Bytes of one origin's. */
  readonly spoolBytesPerOrigin: number;
}

export const DEFAULT_SPOOL_LIMITS: SpoolLimits = { spoolBytes: 4 * 2 ** 30, spoolBytesPerOrigin: 2 ** 30 };

/** What a document weighs at least: a file of one byte takes a block of the disk, an entry in its folder and a receipt. */
const LEAST_BYTES = 16 * 1024;
/** Room comes as soon as a document that waits is loaded. */
const RETRY_AFTER = 30_000;

/** Counts the bytes of documents on disk, decompressed as they lie there, against limits in all and per origin. */
export class SpoolQuota {
  limits: SpoolLimits;
  #total = 0;
  readonly #byOrigin = new Map<string, number>();

  constructor(limits: SpoolLimits = DEFAULT_SPOOL_LIMITS) {
    this.limits = limits;
  }

  /** The bytes of one document. @param origins whose they are; null: an operator's, which only the limit in all holds for */
  charge(origins: readonly string[] | null): SpoolCharge {
    return new SpoolCharge(this, origins ?? []);
  }

  /** @throws {SourceError} SOURCE_UNAVAILABLE beyond a limit */
  take(origins: readonly string[], bytes: number): void {
    const { spoolBytes, spoolBytesPerOrigin } = this.limits;
    if (this.#total + bytes > spoolBytes) {
      throw full(
        `Documents that wait to be stored take up all of the ${spoolBytes} bytes that this gateway keeps for them`,
      );
    }
    const crowded = origins.find((origin) => (this.#byOrigin.get(origin) ?? 0) + bytes > spoolBytesPerOrigin);
    if (crowded !== undefined) {
      const whose = `Documents of "${crowded}" that wait to be stored take up`;
      throw full(`${whose} all of the ${spoolBytesPerOrigin} bytes that this gateway keeps for one origin`);
    }
    this.add(origins, bytes);
  }

  /** Counts what is there already, or (where `bytes` is negative) what is gone. */
  add(origins: readonly string[], bytes: number): void {
    this.#total += bytes;
    for (const origin of origins) {
      const left = (this.#byOrigin.get(origin) ?? 0) + bytes;
      if (left > 0) this.#byOrigin.set(origin, left);
      else this.#byOrigin.delete(origin);
    }
  }
}

/** What one document takes of a quota, until it is released. */
export class SpoolCharge {
  readonly #quota: SpoolQuota;
  readonly #origins: readonly string[];
  #size = 0;
  #taken = 0;

  constructor(quota: SpoolQuota, origins: readonly string[]) {
    this.#quota = quota;
    this.#origins = [...new Set(origins)];
  }

  /** Passes a body on, and takes its bytes as they come. Iterating throws the SourceError of the quota. */
  async *count(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#grow(0, (bytes) => this.#quota.take(this.#origins, bytes));
    for await (const chunk of body) {
      this.#grow(chunk.length, (bytes) => this.#quota.take(this.#origins, bytes));
      yield chunk;
    }
  }

  /** A document that lies on disk from an earlier run, beyond a limit or not. */
  addStored(size: number): this {
    this.#grow(size, (bytes) => this.#quota.add(this.#origins, bytes));
    return this;
  }

  release(): void {
    this.#quota.add(this.#origins, -this.#taken);
    this.#taken = 0;
  }

  #grow(size: number, take: (bytes: number) => void): void {
    this.#size += size;
    const more = Math.max(this.#size, LEAST_BYTES) - this.#taken;
    if (more <= 0) return;
    take(more);
    this.#taken += more;
  }
}

function full(reason: string): SourceError {
  return new SourceError('SOURCE_UNAVAILABLE', `${reason}: send this one again later.`, { retryAfterMs: RETRY_AFTER });
}
