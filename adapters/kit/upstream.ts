import { setTimeout as delay } from 'node:timers/promises';
import { SourceError } from '../errors.ts';

export interface UpstreamSettings {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Requests a second; null: no limit. */
  readonly rate: number | null;
}

/** Who waits for a request, and how long. */
interface Waiting {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** A second try waits so long, more or less: both ends of a broken connection need a moment. */
const RETRY_AFTER_MS = 100;

/**
 * The half of the guard round one upstream request: a permit of concurrency and rate, first come first served, and one
 * retry of a read that failed on the way, while time is left.
 */
export class Upstream {
  readonly #settings: UpstreamSettings;
  readonly #queue: (() => void)[] = [];
  #underWay = 0;
  /** When the next request may start, in milliseconds of the monotonic clock. */
  #nextStart = 0;

  constructor(settings: UpstreamSettings) {
    this.#settings = settings;
  }

  async run<T>(call: Waiting, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await this.#once(call, request);
    } catch (error) {
      const pause = RETRY_AFTER_MS * (0.5 + Math.random());
      const isWorthIt = error instanceof SourceError && error.code === 'SOURCE_UNAVAILABLE';
      if (!isWorthIt || call.signal.aborted || Date.now() + pause >= call.deadline) throw error;
      await delay(pause);
      return await this.#once(call, request);
    }
  }

  async #once<T>(call: Waiting, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.#permit(call.signal);
    try {
      await this.#turn(call.signal);
      return await request(call.signal);
    } finally {
      const next = this.#queue.shift();
      // A permit that is handed on stays counted.
      if (next === undefined) this.#underWay -= 1;
      else next();
    }
  }

  /** Waits until fewer requests than allowed are under way, and counts this one. */
  async #permit(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#underWay < this.#settings.concurrency) {
      this.#underWay += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push(resolve);
    const leave = () => {
      const place = this.#queue.indexOf(resolve);
      // Not in the queue any more: the permit is ours, and is given back by the one who asked.
      if (place < 0) return;
      this.#queue.splice(place, 1);
      reject(ended());
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Spreads the requests evenly over the second. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { rate } = this.#settings;
    if (rate === null) return;
    const now = performance.now();
    const start = Math.max(now, this.#nextStart);
    this.#nextStart = start + 1000 / rate;
    if (start > now) await delay(start - now, undefined, { signal }).catch(() => throwIfAborted(signal));
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw ended();
}

function ended(): SourceError {
  return new SourceError('SOURCE_TIMEOUT', 'The request ended before the source was asked.');
}
