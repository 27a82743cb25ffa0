import { SourceError } from '../../contract/errors.ts';

/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Ends the wait for one read: when its signal aborts, or shortly before the call's deadline. */
export class ReadDeadline {
  /** Rejects with the reason, and is never fulfilled. */
  readonly expired: Promise<never>;
  isExpired = false;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #expire: (reason: unknown) => void;

  constructor(signal: AbortSignal, deadline: number, advice: string | undefined) {
    const { promise, reject } = Promise.withResolvers<never>();
    // Without a handler, a deadline that nobody waits for yet would be an unhandled rejection.
    promise.catch(() => undefined);
    this.expired = promise;
    this.#signal = signal;
    this.#expire = (reason) => {
      this.isExpired = true;
      reject(reason);
    };
    const left = deadline - Date.now();
    // A little early, so that the answer says why before nobody waits any more.
    const wait = Math.max(1, Math.min(left - Math.min(100, left / 10), LONGEST_WAIT));
    this.#timer = setTimeout(() => this.#expire(timedOut(undefined, advice)), wait);
    signal.addEventListener('abort', this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  /** Waits no longer, for another reason. */
  stop(reason: unknown): void {
    this.#expire(reason);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#expire(this.#signal.reason);
}

/** @param advice how to make the read faster: the end of a sentence */
export function timedOut(cause: unknown, advice: string | undefined): SourceError {
  const sentence = 'The database did not finish in time';
  return new SourceError('SOURCE_TIMEOUT', `${sentence}${advice === undefined ? '.' : `: ${advice}.`}`, { cause });
}
