import { afterPromiseJobs, inLaterSlice, isSliceOver } from '../../adapters/kit/yield-to-event-loop.ts';

/**
 * The long work of one request, which gives way to other requests. What the parts of a level ask for is batched, and a
 * batch must not close while some of the parts still wait for their turn.
 */
export class SlicedWork {
  readonly #over: AbortSignal;
  #waiting = 0;
  #closing: (() => void)[] = [];
  #isScheduled = false;

  /** @param over aborts when nobody waits for the answer any more: what has given way then goes on no more */
  constructor(over: AbortSignal) {
    this.#over = over;
  }

  /** Whether to give way now. No part overtakes one that waits: which of several failures comes first must not vary. */
  get isSliceOver(): boolean {
    return this.#waiting > 0 || isSliceOver();
  }

  get isAbandoned(): boolean {
    return this.#over.aborted;
  }

  /** @throws the reason of the signal where nobody waits for the answer any more */
  giveWay(): Promise<void> {
    this.#waiting += 1;
    // One promise: where tens of thousands of parts wait, several for each would cost as much as the parts.
    return new Promise((resolve, reject) => {
      inLaterSlice(() => {
        this.#waiting -= 1;
        if (this.#over.aborted) reject(this.#over.reason);
        else resolve();
        if (this.#waiting === 0) this.#schedule();
      });
    });
  }

  /** What `each` gives for every item, in order. */
  async map<T, R>(items: readonly T[], each: (item: T, index: number) => R): Promise<R[]> {
    const results: R[] = [];
    for (let index = 0; index < items.length; index++) {
      if (this.isSliceOver) await this.giveWay();
      results.push(each(items[index]!, index));
    }
    return results;
  }

  /** The same where `each` begins something: all is begun before any of it is awaited, so that it shares batches. */
  async mapAsync<T, R>(items: readonly T[], each: (item: T, index: number) => Promise<R>): Promise<R[]> {
    const begun = await this.map(items, (item, index) => {
      const result = each(item, index);
      // One may fail while others have not begun yet; it is told below.
      result.catch(() => {});
      // In an object, since what an async function gives is awaited.
      return { result };
    });
    return await Promise.all(begun.map(({ result }) => result));
  }

  /**
   * Calls back when all that is due has run and no part of the request waits for its turn. All that waited are called in
   * one go, so that fields beside each other begin together.
   */
  whenAllAsked(close: () => void): void {
    this.#closing.push(close);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#closing.length === 0) return;
    this.#isScheduled = true;
    afterPromiseJobs(() => {
      this.#isScheduled = false;
      if (this.#waiting === 0) for (const close of this.#closing.splice(0)) close();
    });
  }
}
