import type { Call, Loaded, Receipt, Store, StoredObject, Submitter } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';

interface InUse {
  readonly store: Store | null;
  calls: number;
  /** Called when the last call has ended, once it is replaced. */
  onIdle: (() => void) | null;
}

/** The store that documents go to now: a call ends on the one that it began on. */
export class CurrentStore implements Store {
  #current: InUse;

  constructor(store: Store | null) {
    this.#current = { store, calls: 0, onIdle: null };
  }

  get isThere(): boolean {
    return this.#current.store !== null;
  }

  /** Resolves when nothing is under way on the store before. */
  replace(store: Store | null): Promise<void> {
    const before = this.#current;
    if (before.store === store) return Promise.resolve();
    this.#current = { store, calls: 0, onIdle: null };
    if (before.calls === 0) return Promise.resolve();
    return new Promise((resolve) => {
      before.onIdle = resolve;
    });
  }

  load(objects: AsyncIterable<StoredObject>, by: Submitter, call: Call): Promise<Loaded> {
    return this.#use((store) => store.load(objects, by, call));
  }

  receipt(id: string): Promise<Receipt | null> {
    return this.#use((store) => store.receipt(id));
  }

  record(receipt: Receipt): Promise<void> {
    return this.#use((store) => store.record(receipt));
  }

  migrate() {
    return this.#use((store) => store.migrate());
  }

  purge(before: string, origins: readonly string[] | null, dryRun: boolean) {
    return this.#use((store) => store.purge(before, origins, dryRun));
  }

  async #use<T>(ask: (store: Store) => Promise<T>): Promise<T> {
    const inUse = this.#current;
    if (inUse.store === null) throw new SourceError('SOURCE_UNAVAILABLE', 'There is no store for submissions now.');
    inUse.calls += 1;
    try {
      return await ask(inUse.store);
    } finally {
      inUse.calls -= 1;
      if (inUse.calls === 0) inUse.onIdle?.();
    }
  }
}
