import { closeSync, openSync } from 'node:fs';

/** SIGHUP: by custom the wish that a server reads its configuration again. */
export class Hangups {
  /** Whether there was a terminal: only one that was there can go. */
  readonly #hadTerminal = process.stdin.isTTY === true || process.stdout.isTTY === true;
  readonly #onTerminalGone: () => void;
  #wish: (() => Promise<void>) | null = null;
  #isWanted = false;
  #running: Promise<void> | null = null;

  /** From now on a hangup no longer ends the process. */
  constructor(onTerminalGone: () => void) {
    this.#onTerminalGone = onTerminalGone;
    process.on('SIGHUP', this.#heed);
  }

  /** What to do at each: one at a time, and once more where others came meanwhile, those before this call included. */
  serve(wish: () => Promise<void>): void {
    this.#wish = wish;
    if (this.#isWanted) this.#begin();
  }

  /** Nothing is done at a hangup any more; resolves when what is under way is over. */
  async rest(): Promise<void> {
    this.#isWanted = false;
    this.#wish = null;
    await this.#running;
  }

  /** Gives the signal back to the system. */
  async close(): Promise<void> {
    await this.rest();
    process.off('SIGHUP', this.#heed);
  }

  readonly #heed = (): void => {
    if (this.#hadTerminal && isTerminalGone()) {
      this.#onTerminalGone();
      return;
    }
    this.#isWanted = true;
    this.#begin();
  };

  #begin(): void {
    if (this.#wish === null || this.#running !== null) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  async #run(): Promise<void> {
    while (this.#isWanted && this.#wish !== null) {
      this.#isWanted = false;
      await this.#wish();
    }
  }
}

/** The window was closed, or the line was lost: the same signal tells of both. */
function isTerminalGone(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return false;
  } catch {
    return true;
  }
}
