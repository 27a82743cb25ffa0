import type { Call } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import { isHurried } from '../../../adapters/kit/upstream/patience.ts';
import { AnswerCache, type AnswerCacheSettings, type KeptAnswer } from './answer-cache.ts';
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

/** What is asked in one piece. */
export interface WholeQuestion<T> {
  /** The same name means an answer of the same type. */
  readonly name: string;
  /** Milliseconds for which the source says that an answer stays as good as new. */
  readonly freshness: number;
  /** Whether an answer may be kept. */
  isComplete(answer: T): boolean;
}

/** Faults that are kept beside an answer. */
const MAX_WARNINGS = 100;

/** Calls of all requests to one source: those that ask the same share one, or its answer while that is good. */
export class SharedCalls {
  readonly cache: AnswerCache;
  readonly #settings: SharedCallsSettings;
  readonly #onCacheHit: () => void;
  readonly #flights = new SingleFlight();

  constructor(settings: SharedCallsSettings, onCacheHit: () => void) {
    this.#settings = settings;
    this.#onCacheHit = onCacheHit;
    this.cache = new AnswerCache(settings);
  }

  /** An answer from the cache, from a call that is under way, or from the source; an old one where that fails. */
  async ask<T>(question: WholeQuestion<T>, call: Call, start: (call: Call) => Promise<T>): Promise<T> {
    const { name, freshness } = question;
    const fresh = this.cache.fresh(name, freshness);
    if (fresh !== undefined) return this.#answer(call, fresh) as T;
    try {
      return await this.join(name, call, start, (answer, warnings) => {
        if (question.isComplete(answer)) this.cache.keep(name, answer, warnings);
      });
    } catch (error) {
      const stale = isFailure(error) ? this.cache.stale(name) : undefined;
      if (stale === undefined) throw error;
      warnStale(call, error);
      return this.#answer(call, stale) as T;
    }
  }

  #answer(call: Call, kept: KeptAnswer): unknown {
    this.hit(call);
    repeatWarnings(call, [kept]);
    return kept.answer;
  }

  /** One call for all that ask the same now; `keep` is given its answer, and what it warned of. */
  async join<T>(
    name: string,
    call: Call,
    start: (call: Call) => Promise<T>,
    keep: (answer: T, warnings: readonly SourceError[]) => void,
  ): Promise<T> {
    const { timeout } = this.#settings;
    const flightName = isHurried() ? `${name} soon` : name;
    return await withinDeadline(call, timeout, ({ signal, deadline }) => {
      const { fields, log } = call;
      const waiting = { signal, deadline, fields, log, warn: (error: SourceError) => call.warn(error) };
      return this.#flights.join(flightName, waiting, async (flight) => {
        const warnings: SourceError[] = [];
        const warn = (error: SourceError) => {
          if (warnings.length < MAX_WARNINGS) warnings.push(error);
          flight.warn(error);
        };
        // Whoever joins has a deadline of its own: the call itself is given the whole time of the source.
        const answer = await start({ ...flight, warn, deadline: Date.now() + timeout });
        keep(answer, warnings);
        return answer;
      });
    });
  }

  /** The call is answered by what was kept. */
  hit(call: Call): void {
    this.#onCacheHit();
    if ('onCacheHit' in call && typeof call.onCacheHit === 'function') call.onCacheHit();
  }
}

/** What the source said of answers when it gave them. */
export function repeatWarnings(call: Call, kept: Iterable<KeptAnswer>): void {
  const warnings = new Set<SourceError>();
  for (const one of kept) for (const warning of one.warnings) warnings.add(warning);
  for (const warning of warnings) call.warn(warning);
}

export function warnStale(call: Call, cause: unknown): void {
  call.warn(new SourceError('SOURCE_STALE', 'The source failed: what it said before is shown.', { cause }));
}

export function isFailure(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code !== 'SOURCE_UNSUPPORTED';
}
