import type { Adapter, Call, Logger } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { MAX_REST_MS, REST_TRY_MS } from '../../../adapters/kit/upstream.ts';
import { sourceFault } from './answer-faults.ts';
import { withinDeadline } from './deadline.ts';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Milliseconds that it stays open before the next try. */
  readonly openFor: number;
}

/** A call that was let through; it tells how it ended. */
export interface Pass {
  /** It is the single try of an open breaker. */
  readonly isProbe: boolean;
  /** It asks a source that rests whether it still needs to. */
  readonly endsRest: boolean;
}

/** A source is tried again after this many milliseconds at the latest. */
const MAX_OPEN = 20_000;

/**
 * Leaves a source alone that fails again and again, and one that asked for rest. After the pause a single call goes
 * through: its outcome closes the breaker, or opens it again.
 *
 * No library's: those that are about make others wait for the single try, and know neither of a rest that the source
 * asked for nor of callers that leave before the outcome is known, who say nothing of the source.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #restAfter429: number;
  #failures = 0;
  /** Milliseconds of the monotonic clock; null while it is closed. */
  #openUntil: number | null = null;
  #restUntil = 0;
  /** When one call may ask a source that rests for long. */
  #nextRestTry = 0;
  #isTrying = false;

  constructor(settings: BreakerSettings, restAfter429: number) {
    this.#settings = settings;
    this.#restAfter429 = restAfter429;
  }

  get isOpen(): boolean {
    return this.#openUntil !== null;
  }

  /** @throws {SourceError} where the source is to be left alone now */
  enter(): Pass {
    const now = performance.now();
    const endsRest = now < this.#restUntil && now >= this.#nextRestTry;
    if (now < this.#restUntil && !endsRest) {
      const message = 'The source asked for fewer requests and is left alone for a while.';
      throw new SourceError('SOURCE_RATE_LIMITED', message, { retryAfterMs: Math.ceil(this.#restUntil - now) });
    }
    if (endsRest) this.#nextRestTry = now + REST_TRY_MS;
    if (this.#openUntil === null) return { isProbe: false, endsRest };
    if (now < this.#openUntil || this.#isTrying) {
      const message = 'The source failed again and again and is left alone for a while.';
      const retryAfterMs = Math.ceil(Math.max(0, this.#openUntil - now));
      throw new SourceError('SOURCE_UNAVAILABLE', message, { retryAfterMs });
    }
    this.#isTrying = true;
    return { isProbe: true, endsRest };
  }

  succeeded(pass: Pass): void {
    this.#end(pass);
    this.#failures = 0;
    this.#openUntil = null;
    if (pass.endsRest) this.#restUntil = 0;
  }

  /** The source said that it is there: the next call may try it at once. */
  tryNow(): void {
    if (this.#openUntil !== null) this.#openUntil = Math.min(this.#openUntil, performance.now());
  }

  failed(pass: Pass, error: SourceError): void {
    this.#end(pass);
    // What it cannot do at all says nothing of how it is.
    if (error.code === 'SOURCE_UNSUPPORTED') return;
    const now = performance.now();
    if (error.code === 'SOURCE_RATE_LIMITED') {
      const rest = Math.min(error.retryAfterMs ?? this.#restAfter429, MAX_REST_MS);
      if (now >= this.#restUntil) this.#nextRestTry = now + REST_TRY_MS;
      this.#restUntil = Math.max(this.#restUntil, now + rest);
      return;
    }
    this.#failures += 1;
    // Calls that were under way when it opened say nothing new, and must not keep it open for longer.
    const opens = this.#openUntil === null ? this.#failures >= this.#settings.failures : pass.isProbe;
    if (opens) this.#openUntil = now + Math.min(this.#settings.openFor, MAX_OPEN);
  }

  /** The caller left before the outcome was known. */
  abandoned(pass: Pass): void {
    this.#end(pass);
  }

  #end(pass: Pass): void {
    if (pass.isProbe) this.#isTrying = false;
  }
}

/** Whether a source is there; `unknown` where it could not be asked, since it rests or the gateway's own budget is spent. */
export type ProbeOutcome = 'there' | 'absent' | 'unknown';

const NO_FIELDS: ReadonlySet<string> = new Set();

/** Asks a source for its health where a call met its time-out. Those that want to know at the same time share one probe. */
export class SourceProbe {
  readonly #adapter: Pick<Adapter, 'health'>;
  readonly #source: string;
  readonly #timeout: number;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #underWay: Promise<ProbeOutcome> | null = null;

  /** @param timeout milliseconds in which the source has to answer */
  constructor(adapter: Pick<Adapter, 'health'>, source: string, timeout: number, log: Logger) {
    this.#adapter = adapter;
    this.#source = source;
    this.#timeout = timeout;
    this.#log = log;
  }

  /** Never rejects. */
  ask(): Promise<ProbeOutcome> {
    this.#underWay ??= this.#ask().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#underWay;
  }

  async #ask(): Promise<ProbeOutcome> {
    const { signal } = this.#stopping;
    const waiting = { signal, deadline: Date.now() + this.#timeout };
    const call: Omit<Call, 'signal' | 'deadline'> = {
      fields: NO_FIELDS,
      log: this.#log,
      isProbe: true,
      warn: () => {},
    };
    try {
      const health = await withinDeadline(waiting, this.#timeout, (wait) => this.#adapter.health({ ...call, ...wait }));
      return health.ok ? 'there' : 'absent';
    } catch (cause) {
      const error = cause instanceof SourceError ? cause : sourceFault(cause, this.#source, 'health', this.#log);
      if (signal.aborted || error.origin === 'gateway' || error.code === 'SOURCE_RATE_LIMITED') return 'unknown';
      return 'absent';
    }
  }
}
