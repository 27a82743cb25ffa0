import { HttpRefusal } from './http-refusal.ts';
import { StartQueue } from './start-queue.ts';

/** Gives back the place of a request that has ended. */
type Leave = () => void;

interface Waiting {
  readonly admit: () => void;
}

/**
 * Milliseconds that a request waits for a place: so short that a refusal is still a quick one, and long enough for the
 * places that become free between two turns of the event loop.
 */
const LONGEST_WAIT = 25;
/** Requests that wait at most: about as many as get a place within that time. Every further one would only be refused later. */
const MOST_WAITING = 8;
/** Seconds after which a refused client should ask again. */
const RETRY_AFTER = 1;

/**
 * The door of all routes that take work: at most so many requests are worked on at once, a few wait for a moment, oldest
 * first, and the others are refused before anything of them is read.
 */
export class Admission {
  readonly #waiting = new Set<Waiting>();
  readonly #starts = new StartQueue();
  readonly #onFull: () => void;
  #inFlight = 0;

  /** @param onFull called for each request that finds no place free, whether it waits or is refused */
  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  /**
   * @param limit requests worked on at once
   * @param signal aborts where the client has gone
   * @throws {HttpRefusal} 503 with Retry-After
   */
  async enter(limit: number, signal: AbortSignal): Promise<Leave> {
    if (this.#inFlight < limit) this.#inFlight += 1;
    else {
      this.#onFull();
      if (this.isFull(limit)) throw overloaded();
      await this.#wait(signal);
    }
    await this.#starts.start(signal);
    return () => {
      this.#starts.end();
      this.#leave(limit);
    };
  }

  /** Nobody can even wait: what comes now is refused. */
  isFull(limit: number): boolean {
    return this.#inFlight >= limit && this.#waiting.size >= Math.min(limit, MOST_WAITING);
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { admit: resolve };
    const refuse = () => {
      // Not among the waiting any more: the place is theirs, and they give it back.
      if (this.#waiting.delete(waiting)) reject(overloaded());
    };
    const timer = setTimeout(refuse, LONGEST_WAIT);
    this.#waiting.add(waiting);
    signal.addEventListener('abort', refuse, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', refuse);
    }
  }

  /** A place passes straight to the request that waits longest, unless fewer are worked on since a new configuration. */
  #leave(limit: number): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#inFlight > limit) {
      this.#inFlight -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }
}

export const OVERLOADED = `The gateway works on as many requests as it can: ask again after ${RETRY_AFTER} s.`;
export const OVERLOADED_HEADERS = { 'retry-after': String(RETRY_AFTER), 'cache-control': 'no-store' };

function overloaded(): HttpRefusal {
  return new HttpRefusal(503, OVERLOADED, { headers: OVERLOADED_HEADERS });
}
