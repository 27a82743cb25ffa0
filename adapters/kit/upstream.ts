import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../contract/adapter.ts';
import { SourceError, type SourceErrorCode } from '../contract/errors.ts';
import { ended, type Permit, type PermitSettings, Permits } from './rate-limiter.ts';

export interface UpstreamSettings extends PermitSettings {
  /** Milliseconds for which nothing is asked after a refusal (429) that names no time; a minute where left out. */
  readonly restAfter429?: number | undefined;
  /** Nothing is asked at all: what is on disk must do. */
  readonly offline?: boolean | undefined;
}

/** What is told of each upstream request. */
export interface UpstreamMetrics {
  /** A request ended. `waitedMs` is how long it waited for its permit; `code` is null where it was answered. */
  requested(waitedMs: number, ms: number, code: SourceErrorCode | 'UNKNOWN' | null): void;
  /** It is tried once more. */
  retried(): void;
}

/** Who waits for a request, and how long. */
type Waiting = Pick<Call, 'signal' | 'deadline' | 'startBy' | 'isBackground' | 'isProbe' | 'share'>;

/** A request; it may say that it is at the source before it ends, so that the next one need not wait for its answer. */
type UpstreamRequest<T> = (signal: AbortSignal, arrived: () => void) => Promise<T>;

const REST_AFTER_429 = 60_000;
/** A second try waits so long, more or less: both ends of a broken connection need a moment. */
const RETRY_AFTER_MS = 100;
/** A request that goes on so long after nobody waits any more gives its permit back all the same. */
const GRACE_MS = 5_000;

/**
 * The half of the guard round one upstream request: a permit of concurrency and rate, rest for a source that asked for
 * it, and one retry of a read that failed on the way, while time is left.
 */
export class Upstream {
  readonly #permits: Permits;
  readonly #rest: Rest;
  readonly #isOffline: boolean;
  readonly #metrics: UpstreamMetrics | undefined;

  constructor(settings: UpstreamSettings, metrics?: UpstreamMetrics) {
    this.#permits = new Permits(settings);
    this.#rest = new Rest(settings.restAfter429 ?? REST_AFTER_429);
    this.#isOffline = settings.offline ?? false;
    this.#metrics = metrics;
  }

  /**
   * @throws {SourceError} SOURCE_TIMEOUT where nobody waits any more, SOURCE_UNAVAILABLE where too many wait,
   * SOURCE_RATE_LIMITED where the source asked for rest, or its budget leaves no room before the deadline
   */
  async run<T>(call: Waiting, request: UpstreamRequest<T>): Promise<T> {
    const { share, signal } = call;
    if (share === undefined) return await this.#tried(call, request);
    let isBegun = false;
    const begin = () => {
      isBegun = true;
      return this.#tried(call, request);
    };
    try {
      return await share.run(begin, signal);
    } catch (error) {
      throw isBegun ? error : ended();
    }
  }

  async #tried<T>(call: Waiting, request: UpstreamRequest<T>): Promise<T> {
    try {
      return await this.#once(call, request);
    } catch (error) {
      const pause = RETRY_AFTER_MS * (0.5 + Math.random());
      if (
        !(error instanceof SourceError && error.isRetryable) ||
        call.signal.aborted ||
        Date.now() + pause >= call.deadline
      )
        throw error;
      // Whoever leaves meanwhile finds that out at the next permit.
      await delay(pause, undefined, { signal: call.signal }).catch(() => undefined);
      this.#metrics?.retried();
      return await this.#once(call, request);
    }
  }

  async #once<T>(call: Waiting, request: UpstreamRequest<T>): Promise<T> {
    if (this.#isOffline) throw offline();
    const asked = performance.now();
    const { permit, isTry } = await this.#permitFor(call);
    const { signal } = call;
    const start = performance.now();
    let grace: NodeJS.Timeout | undefined;
    const onAbort = () => {
      grace = setTimeout(() => permit.giveBack(), GRACE_MS).unref();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    let code: SourceErrorCode | 'UNKNOWN' | null = null;
    try {
      const answer = await request(signal, () => permit.arrived());
      this.#rest.succeeded(isTry);
      return answer;
    } catch (error) {
      code = error instanceof SourceError ? error.code : 'UNKNOWN';
      // Whoever left says nothing of the source.
      if (!signal.aborted && this.#rest.failed(error)) this.#leaveAlone();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(grace);
      permit.giveBack();
      this.#metrics?.requested(start - asked, performance.now() - start, code);
    }
  }

  async #permitFor(call: Waiting): Promise<{ readonly permit: Permit; readonly isTry: boolean }> {
    const isBackground = call.isBackground === true;
    const wait = { signal: call.signal, deadline: Math.min(call.deadline, call.startBy ?? call.deadline) };
    for (;;) {
      if (isBackground) await this.#rest.over(call.signal);
      const isTry = this.#rest.takeTry();
      const refusal = isTry ? null : this.#rest.refusal();
      if (refusal !== null && !isBackground) throw refusal;
      const permit = await this.#permits.take(
        wait,
        call.isProbe === true ? 'probe' : isBackground ? 'background' : 'people',
      );
      if (!call.signal.aborted && (isTry || this.#rest.refusal() === null)) return { permit, isTry };
      permit.giveBack();
      if (call.signal.aborted) throw ended();
    }
  }

  #leaveAlone(): void {
    const refusal = this.#rest.refusal();
    if (refusal !== null) this.#permits.refuseWaiting(refusal);
  }
}

function offline(): SourceError {
  const message = 'The source is configured as offline: it answers with what is on disk, and this is not.';
  return new SourceError('SOURCE_UNAVAILABLE', message, { isRetryable: false });
}

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
