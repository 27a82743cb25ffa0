import { setImmediate as nextTurn } from 'node:timers/promises';

const STRETCH_MS = 10;

/** Long work in stretches: whoever else waits for the event loop has a turn in between. */
export class Pace {
  #since = performance.now();

  /** Call it every few hundred steps. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since < STRETCH_MS) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
