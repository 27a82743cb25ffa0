import { SourceError } from '../../../adapters/errors.ts';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Milliseconds that it stays open before the next try. */
  readonly openFor: number;
}

/** A source is tried again after this many milliseconds at the latest. */
const MAX_OPEN = 20_000;

/**
 * Leaves a source alone that fails again and again, and one that asked for rest. After the pause a single call goes
 * through: its outcome closes the breaker, or opens it again.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #restAfter429: number;
  #failures = 0;
  #closedUntil = 0;
  #restUntil = 0;
  #isTrying = false;

  constructor(settings: BreakerSettings, restAfter429: number) {
    this.#settings = settings;
    this.#restAfter429 = restAfter429;
  }

  get isOpen(): boolean {
    return this.#failures >= this.#settings.failures;
  }

  /** @throws {SourceError} where the source is to be left alone now */
  enter(): void {
    const now = Date.now();
    if (now < this.#restUntil) {
      throw new SourceError(
        'SOURCE_RATE_LIMITED',
        'The source asked for fewer requests and is left alone for a while.',
        {
          retryAfterMs: this.#restUntil - now,
        },
      );
    }
    if (!this.isOpen) return;
    if (now < this.#closedUntil || this.#isTrying) {
      throw new SourceError('SOURCE_UNAVAILABLE', 'The source failed again and again and is left alone for a while.', {
        retryAfterMs: Math.max(0, this.#closedUntil - now),
      });
    }
    this.#isTrying = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isTrying = false;
  }

  failed(error: SourceError): void {
    this.#isTrying = false;
    // What it cannot do at all says nothing of how it is.
    if (error.code === 'SOURCE_UNSUPPORTED') return;
    const now = Date.now();
    if (error.code === 'SOURCE_RATE_LIMITED') {
      this.#restUntil = now + (error.retryAfterMs ?? this.#restAfter429);
      return;
    }
    this.#failures += 1;
    if (this.isOpen) this.#closedUntil = now + Math.min(this.#settings.openFor, MAX_OPEN);
  }

  /** The caller left before the outcome was known. */
  abandoned(): void {
    this.#isTrying = false;
  }
}
