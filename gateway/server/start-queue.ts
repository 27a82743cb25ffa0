import { type EventLoopUtilization, performance } from 'node:perf_hooks';

interface Held {
  readonly since: number;
  readonly start: () => void;
}

/** Requests that are worked on at once while the event loop has no time left: enough to keep every connection of a store busy. */
const WHILE_BUSY = 24;
/** Share of its time in which the event loop works, from which on it counts as busy. */
const BUSY = 0.75;
/** Milliseconds over which that share is measured. */
const WINDOW = 25;
/** Milliseconds that a request is held back at most: those before it may wait for a slow source, and not for the event loop. */
const LONGEST_HOLD = 1_000;

/**
 * Holds admitted requests back, oldest first, while the event loop is busy with others. Starting them would make none of
 * them faster, but all that they keep would be copied by every garbage collection: with 200 at once that took a sixth of
 * the time. While requests wait for sources the event loop is idle, and nothing is held back.
 */
export class StartQueue {
  readonly #held = new Set<Held>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #since = performance.now();
  #before: EventLoopUtilization = performance.eventLoopUtilization();
  #isBusy = false;

  /** Resolves when the request may start, or when the client has gone; call `end` once after it in any case. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#running < WHILE_BUSY || (this.#held.size === 0 && !this.#measure())) {
      this.#running += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const held: Held = { since: performance.now(), start: resolve };
    const start = () => this.#start(held);
    this.#held.add(held);
    this.#timer ??= setInterval(() => this.#look(), WINDOW);
    signal.addEventListener('abort', start, { once: true });
    await promise;
    signal.removeEventListener('abort', start);
  }

  end(): void {
    this.#running -= 1;
    const [next] = this.#held;
    if (next !== undefined && this.#running < WHILE_BUSY) this.#start(next);
  }

  #start(held: Held): void {
    if (!this.#held.delete(held)) return;
    this.#running += 1;
    held.start();
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const isBusy = this.#measure();
    const late = performance.now() - LONGEST_HOLD;
    for (const held of this.#held) {
      if (isBusy && held.since > late) return;
      this.#start(held);
    }
  }

  #measure(): boolean {
    const now = performance.now();
    if (now - this.#since < WINDOW) return this.#isBusy;
    const current = performance.eventLoopUtilization();
    this.#isBusy = performance.eventLoopUtilization(current, this.#before).utilization > BUSY;
    [this.#since, this.#before] = [now, current];
    return this.#isBusy;
  }
}
