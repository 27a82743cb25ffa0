/** So many requests in so many seconds. */
export interface ThrottleLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** A sliding window in which refused requests count too: whoever goes on asking stays refused. */
export class Throttle {
  readonly limit: ThrottleLimit;
  #times: number[] = [];

  constructor(limit: ThrottleLimit) {
    this.limit = limit;
  }

  /** Counts a request; false where it is one too many. */
  takes(now = performance.now()): boolean {
    this.#times = this.#times.filter((time) => time > now - this.limit.seconds * 1000);
    this.#times.push(now);
    return this.#times.length <= this.limit.requests;
  }
}

/** The most requests that any window of so many milliseconds had. */
export function busiestWindow(times: readonly number[], ms: number): number {
  let most = 0;
  let first = 0;
  for (const [last, time] of times.entries()) {
    while ((times[first] ?? time) <= time - ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
