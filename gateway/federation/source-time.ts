import { SourceError } from '../../adapters/errors.ts';

/** The guard ends a call that takes as long by itself, and blames the source for it: that goes first. */
const BEHIND_THE_GUARD_MS = 50;

/**
 * How long one source keeps one request waiting, over all that is asked of it, level after level. Where it has used up
 * its time it is asked no more, so that what others have to say is still told before the deadline.
 */
export class SourceTime {
  readonly #limit: number;
  readonly #controller = new AbortController();
  #limited: SourceError | null = null;
  #underWay = 0;
  #since = 0;
  #used = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param timeout milliseconds
   * @param request aborts where the request ends
   */
  constructor(timeout: number, request: AbortSignal) {
    this.#limit = timeout + BEHIND_THE_GUARD_MS;
    const end = () => this.#controller.abort(request.reason);
    if (request.aborted) end();
    else request.addEventListener('abort', end, { once: true });
  }

  /** Aborts where the time is used up, or the request ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  begin(): void {
    this.#underWay += 1;
    if (this.#underWay > 1) return;
    this.#since = performance.now();
    const left = this.#limit - this.#used;
    if (left <= 0) this.#controller.abort();
    else this.#timer = setTimeout(() => this.#controller.abort(), left).unref();
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    clearTimeout(this.#timer);
    this.#used += performance.now() - this.#since;
  }

  /** Why a call failed: what was cut off here is not the source's fault, and where it has a rate that is the reason. */
  told(error: SourceError, request: AbortSignal): SourceError {
    if (error.code === 'SOURCE_RATE_LIMITED') this.#limited = error;
    if (error.code !== 'SOURCE_TIMEOUT' || !this.signal.aborted) return error;
    if (this.#limited !== null) return this.#limited;
    if (request.aborted) return error;
    const seconds = (this.#limit - BEHIND_THE_GUARD_MS) / 1000;
    const message = `The source was waited for ${seconds} s, and had not answered all of it by then.`;
    return new SourceError('SOURCE_TIMEOUT', message, { cause: error });
  }
}
