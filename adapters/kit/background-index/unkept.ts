import { BoundedCache } from '../bounded-cache.ts';
import { parseExactJson } from '../exact-json.ts';
import type { LearntEntry } from './index-entry.ts';
import type { WrittenEntry } from './put-entries.ts';

/** Above every place on disk. */
const FIRST_SEQUENCE = 2 ** 52;
const MAX_ENTRIES = 2_000;
const MAX_BYTES = 32 * 1024 * 1024;

interface Held {
  readonly entry: WrittenEntry;
  readonly sequence: number;
  readonly learntAt: number;
}

/** What could not be written, in memory until it can be; bounded, the oldest are given up. */
export class Unkept {
  readonly #held = new BoundedCache<Held>({
    maxEntries: MAX_ENTRIES,
    maxBytes: MAX_BYTES,
    sizeOf: ({ entry }) => entry.bytes,
  });
  #next = FIRST_SEQUENCE;

  get size(): number {
    return this.#held.size;
  }

  hold(entries: readonly WrittenEntry[]): void {
    for (const entry of entries) {
      const name = nameOf(entry.kind, entry.key);
      const sequence = this.#held.get(name)?.sequence ?? this.#next++;
      this.#held.set(name, { entry, sequence, learntAt: Date.now() });
    }
  }

  /** All, in the order in which they came, to be tried once more. */
  entries(): readonly WrittenEntry[] {
    return this.#inOrder().map(({ entry }) => entry);
  }

  clear(): void {
    this.#held.clear();
  }

  delete(kind: string, key: string): void {
    this.#held.delete(nameOf(kind, key));
  }

  get<R>(kind: string, key: string): LearntEntry<R> | undefined {
    const held = this.#held.get(nameOf(kind, key));
    return held && learnt<R>(held);
  }

  /** Those of a kind that lie behind a place. */
  after<R>(kind: string, sequence: number): readonly LearntEntry<R>[] {
    return this.#inOrder()
      .filter((held) => held.entry.kind === kind && held.sequence > sequence)
      .map((held) => learnt<R>(held));
  }

  /** Those of a kind with a name in a space that fits. */
  find<R>(kind: string, space: string, fits: (name: string) => boolean): readonly LearntEntry<R>[] {
    return this.#inOrder()
      .filter(({ entry }) => entry.kind === kind && (entry.names[space] ?? []).some(fits))
      .map((held) => learnt<R>(held));
  }

  #inOrder(): readonly Held[] {
    return [...this.#held.values()].sort((one, other) => one.sequence - other.sequence);
  }
}

function learnt<R>({ entry, sequence, learntAt }: Held): LearntEntry<R> {
  const record = parseExactJson<R>(entry.record);
  return { key: entry.key, time: entry.time, record, sequence, learntAt };
}

function nameOf(kind: string, key: string): string {
  return `${kind}\n${key}`;
}
