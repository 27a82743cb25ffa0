import type { Logger, Store } from '../../adapters/contract/adapter.ts';
import { Swappable } from '../swappable.ts';

const DAY = 86_400_000;

/** What is removed, and from where. */
interface Target {
  readonly store: Store;
  /** Milliseconds without a change. */
  readonly retention: number;
}

/** Removes, at once and then once a day, what did not change for the retention. A failure is logged and tried again. */
export class RetentionJob {
  readonly #log: Logger;
  readonly #target = new Swappable<Target | null>(null);
  #timer: NodeJS.Timeout | undefined;
  /** One run after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * @param retention milliseconds; null: nothing is removed
   * @returns resolves when nothing is removed from the former store any more
   */
  replace(store: Store | null, retention: number | null): Promise<void> {
    const former = this.#target.value;
    const next = store === null || retention === null ? null : { store, retention };
    if (former?.store === next?.store && former?.retention === next?.retention) return Promise.resolve();
    clearInterval(this.#timer);
    const over = this.#target.replace(next);
    if (next !== null) {
      this.#run();
      this.#timer = setInterval(() => this.#run(), DAY).unref();
    }
    return over;
  }

  stop(): void {
    void this.replace(null, null);
  }

  #run(): void {
    this.#last = this.#last.then(() => this.#target.use((target) => this.#clean(target)));
  }

  async #clean(target: Target | null): Promise<void> {
    if (target === null) return;
    const before = new Date(Date.now() - target.retention).toISOString().replace('Z', '000Z');
    try {
      this.#log.info({ before, removed: await target.store.purge(before, null, false) }, 'Old objects were removed.');
    } catch (error) {
      this.#log.error({ err: error, before }, 'Old objects could not be removed.');
    }
  }
}
