import { LRUCache } from 'lru-cache';

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
