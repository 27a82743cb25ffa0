import { setTimeout as delay } from 'node:timers/promises';
import { SourceError, type SourceErrorCode } from '../errors.ts';
import { isInBackground } from './upstream/background.ts';
import { finalFailure, isFinalFailure } from './upstream/final-failure.ts';
import { ended, type PermitSettings, Permits } from './upstream/permits.ts';

export interface UpstreamSettings extends PermitSettings {
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
interface Waiting {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** A second try waits so long, more or less: both ends of a broken connection need a moment. */
const RETRY_AFTER_MS = 100;
/** A request that goes on so long after nobody waits any more gives its permit back all the same. */
const GRACE_MS = 5_000;

/**
 * The half of the guard round one upstream request: a permit of concurrency and rate, and one retry of a read that
 * failed on the way, while time is left.
 */
export class Upstream {
  readonly #permits: Permits;
  readonly #isOffline: boolean;
  readonly #metrics: UpstreamMetrics | undefined;

  constructor(settings: UpstreamSettings, metrics?: UpstreamMetrics) {
    this.#permits = new Permits(settings);
    this.#isOffline = settings.offline ?? false;
    this.#metrics = metrics;
  }

  /** @throws {SourceError} SOURCE_TIMEOUT where nobody waits any more, SOURCE_UNAVAILABLE where too many wait */
  async run<T>(call: Waiting, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await this.#once(call.signal, request);
    } catch (error) {
      const pause = RETRY_AFTER_MS * (0.5 + Math.random());
      if (!mayPass(error) || call.signal.aborted || Date.now() + pause >= call.deadline) throw error;
      // Whoever leaves meanwhile finds that out at the next permit.
      await delay(pause, undefined, { signal: call.signal }).catch(() => undefined);
      this.#metrics?.retried();
      return await this.#once(call.signal, request);
    }
  }

  async #once<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isOffline) throw offline();
    const isBackground = isInBackground();
    const asked = performance.now();
    await this.#permits.take(signal, isBackground);
    if (signal.aborted) {
      this.#permits.giveBack(isBackground);
      throw ended();
    }
    const start = performance.now();
    let isOut = true;
    const giveBack = () => {
      if (isOut) this.#permits.giveBack(isBackground);
      isOut = false;
    };
    let grace: NodeJS.Timeout | undefined;
    const onAbort = () => {
      grace = setTimeout(giveBack, GRACE_MS).unref();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    let code: SourceErrorCode | 'UNKNOWN' | null = null;
    try {
      return await request(signal);
    } catch (error) {
      code = error instanceof SourceError ? error.code : 'UNKNOWN';
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(grace);
      giveBack();
      this.#metrics?.requested(start - asked, performance.now() - start, code);
    }
  }
}

/** What was refused, or comes with a time to wait, is not tried again at once. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof SourceError) || error.code !== 'SOURCE_UNAVAILABLE') return false;
  return error.retryAfterMs === null && !isFinalFailure(error);
}

function offline(): SourceError {
  const message = 'The source is configured as offline: it answers with what is on disk, and this is not.';
  return finalFailure(new SourceError('SOURCE_UNAVAILABLE', message));
}
