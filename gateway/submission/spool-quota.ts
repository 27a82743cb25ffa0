import { SourceError } from '../../adapters/errors.ts';

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
