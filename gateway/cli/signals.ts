import { closeSync, openSync } from 'node:fs';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
// Ctrl-C under npm comes twice: from the terminal to the whole group, and from npm to its child.
const ECHO_MS = 500;

export interface StopRequest {
  /** Resolves at the first signal, or when the launcher that started this process is gone. */
  readonly asked: Promise<string>;
  /** Resolves at the second one; a third ends the process as it is. */
  readonly again: Promise<string>;
  /** Asks for it as the first signal does. */
  ask(reason: string): void;
  /** Gives the signals back to the system. */
  done(): void;
}

/** Listens for the signals that ask a server to stop. */
export function untilAskedToStop(): StopRequest {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  let times = 0;
  let last = Number.NEGATIVE_INFINITY;
  const stop = (reason: string) => {
    const now = performance.now();
    if (now - last < ECHO_MS) return;
    last = now;
    times += 1;
    if (times === 1) first.resolve(reason);
    else if (times === 2) second.resolve(reason);
    else process.exit(1);
  };
  const disconnected = () => first.resolve('the launcher is gone');
  for (const signal of SIGNALS) process.on(signal, stop);
  // Under Node 20 a launcher stands between this process and its parent; kill -9 of it closes this channel only.
  process.once('disconnect', disconnected);
  process.channel?.unref();
  return {
    asked: first.promise,
    again: second.promise,
    ask: first.resolve,
    done: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
      process.off('disconnect', disconnected);
    },
  };
}

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
