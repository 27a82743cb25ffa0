import { closeSync, openSync } from 'node:fs';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
// Ctrl-C under npm comes twice: from the terminal to the whole group, and from npm to its child.
const ECHO_MS = 500;

export interface ShutdownSignals {
  /** Resolves at the first signal, or when the launcher that started this process is gone. */
  readonly first: Promise<string>;
  /** Resolves at the second signal; a third one ends the process as it is. */
  readonly second: Promise<string>;
  /** Has the same effect as the first signal. */
  request(reason: string): void;
  /** Gives the signals back to the system. */
  release(): void;
}

/** Listens for the signals that ask a server to stop. */
export function listenForShutdown(): ShutdownSignals {
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
    first: first.promise,
    second: second.promise,
    request: first.resolve,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
      process.off('disconnect', disconnected);
    },
  };
}

/** SIGHUP asks a server by custom to read its configuration again. */
export class Sighup {
  /** Whether there was a terminal: only one that was there can go. */
  readonly #hadTerminal = process.stdin.isTTY === true || process.stdout.isTTY === true;
  readonly #onTerminalGone: () => void;
  #reload: (() => Promise<void>) | null = null;
  #isWanted = false;
  #running: Promise<void> | null = null;

  /** From now on SIGHUP no longer ends the process. */
  constructor(onTerminalGone: () => void) {
    this.#onTerminalGone = onTerminalGone;
    process.on('SIGHUP', this.#onSignal);
  }

  /** Calls `reload` at each signal: one call at a time, and once more if signals came meanwhile or before this call. */
  handle(reload: () => Promise<void>): void {
    this.#reload = reload;
    if (this.#isWanted) this.#begin();
  }

  /** Ignores the signal from now on; resolves when a reload that is under way has ended. */
  async ignore(): Promise<void> {
    this.#isWanted = false;
    this.#reload = null;
    await this.#running;
  }

  /** Gives the signal back to the system. */
  async close(): Promise<void> {
    await this.ignore();
    process.off('SIGHUP', this.#onSignal);
  }

  readonly #onSignal = (): void => {
    if (this.#hadTerminal && isTerminalGone()) {
      this.#onTerminalGone();
      return;
    }
    this.#isWanted = true;
    this.#begin();
  };

  #begin(): void {
    if (this.#reload === null || this.#running !== null) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  async #run(): Promise<void> {
    while (this.#isWanted && this.#reload !== null) {
      this.#isWanted = false;
      await this.#reload();
    }
  }
}

/** The kernel sends the same signal when the terminal's window was closed. */
function isTerminalGone(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return false;
  } catch {
    return true;
  }
}
