/** A bound that many calls share. */
export class Budget {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Takes so much where it is left; else nothing. */
  take(amount: number): boolean {
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }

  get left(): number {
    return this.#left;
  }
}

/** Upstream requests that a page makes of one source at most, over all its rounds. */
export const MAX_PAGE_REQUESTS = 100;
