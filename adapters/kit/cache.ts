import { LRUCache } from 'lru-cache';
import type { AdapterEnv, Call } from '../contract/adapter.ts';

export interface BoundedCacheOptions<V> {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** About how many bytes a value takes. */
  readonly sizeOf: (value: V, key: string) => number;
  /** Milliseconds for which a value is kept; without end where left out. */
  readonly ttl?: number;
}

/**
 * What an adapter keeps in memory to save requests: bounded in entries and in bytes, the least recently used go first.
 * A value larger than the whole is not kept at all.
 */
export class BoundedCache<V extends NonNullable<unknown>> {
  readonly #entries: LRUCache<string, V>;

  constructor({ maxEntries, maxBytes, sizeOf, ttl = 0 }: BoundedCacheOptions<V>) {
    this.#entries = new LRUCache<string, V>({
      max: maxEntries,
      maxSize: maxBytes,
      // The library refuses a size of 0.
      sizeCalculation: (value, key) => Math.max(1, Math.ceil(sizeOf(value, key))),
      ttl,
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.set(key, value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  values(): Iterable<V> {
    return this.#entries.values();
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** What was not there a moment ago may be there now: a "no" is kept no longer. */
export const MAX_NO_MS = 10_000;

/** Names that the source did not know lately, so that nobody asks for the same one again and again. Bounded. */
export class Absences {
  /** When each was asked for, on the monotonic clock. */
  readonly #askedAt = new BoundedCache<number>({
    maxEntries: 10_000,
    maxBytes: 2_000_000,
    sizeOf: (_, name) => name.length,
  });

  add(name: string): void {
    this.#askedAt.set(name, performance.now());
  }

  /** Whether it was not there; @param maxAge milliseconds, of which no more than ten seconds count */
  has(name: string, maxAge: number, call: Call): boolean {
    const askedAt = this.#askedAt.get(name);
    if (askedAt === undefined) return false;
    const age = performance.now() - askedAt;
    if (age >= Math.min(maxAge, MAX_NO_MS)) return false;
    call.kept?.(age);
    return true;
  }
}

/** Milliseconds that what an adapter has kept may be old, for one call. */
export type MaxAge = (call: Call) => number;

/**
 * For how long an adapter answers from what it has kept: as long as its own options say, or shorter where `cacheTtl` or
 * the client does; without end where the source is offline.
 * @param own milliseconds
 */
export function maxAgeOf(own: number, { cacheTtl, offline }: Pick<AdapterEnv, 'cacheTtl' | 'offline'>): MaxAge {
  if (offline === true) return () => Number.POSITIVE_INFINITY;
  const configured = Math.min(own, cacheTtl ?? own);
  return ({ maxAgeMs }) => Math.min(configured, maxAgeMs ?? configured);
}
