import type { Call } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import { AnswerCache, type AnswerCacheSettings } from './answer-cache.ts';
import { withinDeadline } from './deadline.ts';
import { SingleFlight } from './single-flight.ts';

/** A call of the gateway's own: it is told where its answer asked nothing of the source. */
export interface GatewayCall extends Call {
  readonly onCacheHit: () => void;
}

export interface SharedCallsSettings extends AnswerCacheSettings {
  /** Milliseconds a call may take. */
  readonly timeout: number;
}

/** Calls of all requests to one source: those that ask the same share one, or its answer while that is good. */
export class SharedCalls {
  readonly #settings: SharedCallsSettings;
  readonly #onCacheHit: () => void;
  readonly #cache: AnswerCache;
  readonly #flights = new SingleFlight();

  constructor(settings: SharedCallsSettings, onCacheHit: () => void) {
    this.#settings = settings;
    this.#onCacheHit = onCacheHit;
    this.#cache = new AnswerCache(settings);
  }

  /** @param key what is asked; the same key means an answer of the same type */
  async ask<T extends object>(key: string, call: Call, start: (call: Call) => Promise<T>): Promise<T> {
    const fresh = this.#cache.isOff ? undefined : this.#cache.fresh(key);
    if (fresh !== undefined) return this.#hit(call, fresh as T);
    try {
      return await withinDeadline(call, this.#settings.timeout, ({ signal, deadline }) => {
        const { fields, log } = call;
        const waiting = { signal, deadline, fields, log, warn: (error: SourceError) => call.warn(error) };
        return this.#flights.join(key, waiting, (flight) => this.#fly(key, flight, start));
      });
    } catch (error) {
      const stale = this.#cache.isOff || !isFailure(error) ? undefined : this.#cache.stale(key);
      if (stale === undefined) throw error;
      call.warn(new SourceError('SOURCE_STALE', 'The source failed: what it said before is shown.', { cause: error }));
      return this.#hit(call, stale as T);
    }
  }

  /** Whoever joins has a deadline of its own: the call itself is given the whole time of the source. */
  async #fly<T extends object>(key: string, flight: Call, start: (call: Call) => Promise<T>): Promise<T> {
    const answer = await start({ ...flight, deadline: Date.now() + this.#settings.timeout });
    if (!this.#cache.isOff) this.#cache.keep(key, answer);
    return answer;
  }

  #hit<T>(call: Call, answer: T): T {
    this.#onCacheHit();
    if ('onCacheHit' in call && typeof call.onCacheHit === 'function') call.onCacheHit();
    return answer;
  }
}

function isFailure(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code !== 'SOURCE_UNSUPPORTED';
}
