import { SourceError } from '../errors.ts';

/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** How long one read is waited for: until its signal aborts, or its time is over. */
export class ReadDeadline {
  /** Rejects with the reason, and is never fulfilled. */
  readonly over: Promise<never>;
  isOver = false;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #stop: (reason: unknown) => void;

  constructor(signal: AbortSignal, deadline: number, advice: string | undefined) {
    const { promise, reject } = Promise.withResolvers<never>();
    // Whoever waits for it learns of it; nobody may be waiting yet.
    promise.catch(() => undefined);
    this.over = promise;
    this.#signal = signal;
    this.#stop = (reason) => {
      this.isOver = true;
      reject(reason);
    };
    const left = deadline - Date.now();
    // A little early, so that the answer says why before nobody waits any more.
    const wait = Math.max(1, Math.min(left - Math.min(100, left / 10), LONGEST_WAIT));
    this.#timer = setTimeout(() => this.#stop(timedOut(undefined, advice)), wait);
    signal.addEventListener('abort', this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#stop(this.#signal.reason);
}

/** @param advice for the person whose read met its time-out: the end of a sentence */
export function timedOut(cause: unknown, advice: string | undefined): SourceError {
  const sentence = 'The database did not finish in time';
  return new SourceError('SOURCE_TIMEOUT', `${sentence}${advice === undefined ? '.' : `: ${advice}.`}`, { cause });
}
