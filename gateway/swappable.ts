interface InUse<T> {
  readonly value: T;
  calls: number;
  /** Called when the last call has ended, once the value is replaced. */
  onIdle: (() => void) | null;
}

/** A value that may be replaced while calls use it: each call ends with the value that it began with. */
export class Swappable<T> {
  #current: InUse<T>;

  constructor(value: T) {
    this.#current = { value, calls: 0, onIdle: null };
  }

  /** What a call that begins now would use. */
  get value(): T {
    return this.#current.value;
  }

  async use<R>(task: (value: T) => Promise<R>): Promise<R> {
    const inUse = this.#current;
    inUse.calls += 1;
    try {
      return await task(inUse.value);
    } finally {
      inUse.calls -= 1;
      if (inUse.calls === 0) inUse.onIdle?.();
    }
  }

  /** Resolves when no call uses the former value any more; at once where the value is the same. */
  replace(next: T): Promise<void> {
    const former = this.#current;
    if (former.value === next) return Promise.resolve();
    this.#current = { value: next, calls: 0, onIdle: null };
    if (former.calls === 0) return Promise.resolve();
    return new Promise((resolve) => {
      former.onIdle = resolve;
    });
  }
}
