import { setTimeout as delay } from 'node:timers/promises';
import { SourceError } from '../../errors.ts';

/** Milliseconds that a source is left alone at most, however long it asks for. */
export const MAX_REST_MS = 3_600_000;
/** Milliseconds after which one request asks a source that rests whether it still needs to, and so on. */
export const REST_TRY_MS = 300_000;
/** A source that fails is asked by background tasks after so long, then twice as long, up to a minute. */
const FIRST_BACK_OFF = 1_000;
const LONGEST_BACK_OFF = 60_000;

/**
 * Leaves the whole source alone after it asked for that, whoever asks for whatever, and lets background tasks wait
 * ever longer while it fails. Times are of the monotonic clock.
 */
export class Rest {
  readonly #restAfter429: number;
  #until = 0;
  #nextTry = 0;
  #because: SourceError | null = null;
  #failures = 0;
  #backgroundUntil = 0;

  /** @param restAfter429 milliseconds of rest where the source names none */
  constructor(restAfter429: number) {
    this.#restAfter429 = restAfter429;
  }

  /** What a person is told while the source rests; null where it may be asked. */
  refusal(): SourceError | null {
    const left = Math.ceil(this.#until - performance.now());
    if (left <= 0 || this.#because === null) return null;
    const { code, message } = this.#because;
    return new SourceError(code, message, { retryAfterMs: left });
  }

  /** Whether a request may ask although the source rests: one does, once in a while. It is taken by this call. */
  takeTry(): boolean {
    const now = performance.now();
    if (now >= this.#until || now < this.#nextTry) return false;
    this.#nextTry = now + REST_TRY_MS;
    return true;
  }

  /** Waits until a background task may ask. */
  async over(signal: AbortSignal): Promise<void> {
    for (;;) {
      const rest = Math.min(this.#until, this.#nextTry);
      const left = Math.ceil(Math.max(rest, this.#backgroundUntil) - performance.now());
      if (left <= 0 || signal.aborted) return;
      await delay(left, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @param wasTry the request asked although the source rested */
  succeeded(wasTry: boolean): void {
    if (wasTry) this.#until = 0;
    this.#failures = 0;
    this.#backgroundUntil = 0;
  }

  /** How a request failed. True where the source is to be left alone from now on. */
  failed(error: unknown): boolean {
    if (!(error instanceof SourceError)) return false;
    const now = performance.now();
    if (error.code === 'SOURCE_UNAVAILABLE' || error.code === 'SOURCE_TIMEOUT') {
      const backOff = Math.min(FIRST_BACK_OFF * 2 ** this.#failures, LONGEST_BACK_OFF);
      this.#failures += 1;
      this.#backgroundUntil = now + backOff * (0.75 + Math.random() / 2);
    }
    const isLimit = error.code === 'SOURCE_RATE_LIMITED';
    const asked = error.code === 'SOURCE_UNAVAILABLE' ? error.retryAfterMs : null;
    const rest = isLimit ? (error.retryAfterMs ?? this.#restAfter429) : asked;
    if (rest === null) return false;
    if (now >= this.#until) this.#nextTry = now + REST_TRY_MS;
    this.#until = Math.max(this.#until, now + Math.min(rest, MAX_REST_MS));
    this.#because = isLimit
      ? new SourceError('SOURCE_RATE_LIMITED', 'The source asked for fewer requests and is left alone for a while.')
      : new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order and asked to be left alone for a while.');
    return true;
  }
}
