import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds after which the event loop gets its turn. */
const SLICE = 10;

/** Gives way to others where work has gone on for a slice of time. */
export class Slices {
  #end = performance.now() + SLICE;

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  async giveWay(): Promise<void> {
    await nextTurn();
    this.#end = performance.now() + SLICE;
  }
}
