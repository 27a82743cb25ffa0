import type { Logger, Store } from '../../adapters/adapter.ts';

const DAY = 86_400_000;

/** Removes, at once and then once a day, what did not change for the retention. A failure is logged and tried again. */
export class Cleaning {
  readonly #log: Logger;
  #store: Store | null = null;
  #retention: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * @param retention milliseconds; null: nothing is removed
   * @returns resolves when nothing is removed from the store before any more
   */
  replace(store: Store | null, retention: number | null): Promise<void> {
    const under = this.#running;
    if (this.#store === store && this.#retention === retention) return Promise.resolve();
    this.stop();
    this.#store = store;
    this.#retention = retention;
    if (store === null || retention === null) return under;
    const clean = () => {
      this.#running = this.#running.then(() => this.#clean(store, retention));
    };
    clean();
    this.#timer = setInterval(clean, DAY).unref();
    return under;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#store = null;
    this.#retention = null;
  }

  async #clean(store: Store, retention: number): Promise<void> {
    // It waited for the one before, and may not be wanted any more.
    if (this.#store !== store) return;
    const before = new Date(Date.now() - retention).toISOString().replace('Z', '000Z');
    try {
      this.#log.info({ before, removed: await store.purge(before, null, false) }, 'Old objects were removed.');
    } catch (error) {
      this.#log.error({ err: error, before }, 'Old objects could not be removed.');
    }
  }
}
