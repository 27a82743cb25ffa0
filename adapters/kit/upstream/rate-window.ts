/** A request that was begun; it arrives at the source at some time between its start and `arrivedBy`. */
interface Begun {
  /** Milliseconds of the monotonic clock. */
  arrivedBy: number;
}

/** A request that was not answered so long is there: what takes so long is its answer. */
const LATEST_ARRIVAL_MS = 2_000;
/** The clocks of both sides tick in whole milliseconds. */
const MARGIN_MS = 10;

/**
 * A budget of requests over a sliding window, as the source counts them. Starts that are evenly spaced can arrive closer
 * together: one is late since its connection had to be opened, the next is not. So a request counts from its start until
 * one window after the moment at which it is known to have arrived.
 */
export class RateWindow {
  readonly #capacity: number;
  readonly #length: number;
  #begun: Begun[] = [];

  /** @param rate requests a second; below 1 it is one request in so much longer a window */
  constructor(rate: number) {
    this.#capacity = Math.max(1, Math.floor(rate));
    this.#length = (this.#capacity * 1000) / rate + MARGIN_MS;
  }

  /** When the next request may start: `now`, or later. */
  nextStart(now: number): number {
    this.#begun = this.#begun.filter(({ arrivedBy }) => arrivedBy + this.#length > now);
    const excess = this.#begun.length - this.#capacity;
    if (excess < 0) return now;
    const ends = this.#begun.map(({ arrivedBy }) => arrivedBy + this.#length).sort((one, other) => one - other);
    return ends[excess] ?? now;
  }

  /** Counts a request; what it gives is called when the request is known to have arrived, at the latest when it ended. */
  begin(now: number): () => void {
    const begun: Begun = { arrivedBy: now + LATEST_ARRIVAL_MS };
    this.#begun.push(begun);
    return () => {
      begun.arrivedBy = Math.min(begun.arrivedBy, performance.now());
    };
  }
}
