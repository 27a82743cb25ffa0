import type { Call } from '../adapter.ts';
import { BoundedCache } from './bounded-cache.ts';

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
