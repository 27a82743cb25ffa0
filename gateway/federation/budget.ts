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

/** Objects that one request may read, to count them. A page that is read again costs nothing: the request keeps it. */
export class ReadBudget {
  readonly #objects: Budget;
  readonly #pages = new Set<object>();

  constructor(limit: number) {
    this.#objects = new Budget(limit);
  }

  /** Whether a page may be read. */
  take(page: { readonly items: readonly unknown[] }): boolean {
    if (this.#pages.has(page)) return true;
    if (!this.#objects.take(page.items.length)) return false;
    this.#pages.add(page);
    return true;
  }
}
