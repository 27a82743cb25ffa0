import type { Call } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import { SingleFlight } from '../../../adapters/kit/single-flight.ts';
import { AnswerCache, type AnswerCacheSettings, type AnswerContent, ageOf, type KeptAnswer } from './answer-cache.ts';
import { withinDeadline } from './deadline.ts';

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
  /** What an answer says; null where it must not be kept. */
  contentOf(answer: T): AnswerContent | null;
}

/** How an answer came about: when the source was asked, and what was said of it. */
export interface Circumstances {
  readonly warnings: readonly SourceError[];
  readonly at: number;
  /** It is in what the adapter itself keeps. */
  readonly isAdapters: boolean;
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
    const { name, freshness: source } = question;
    const fresh = this.cache.fresh(name, { source, request: call.maxAgeMs });
    if (fresh !== undefined) return this.#answer(call, fresh) as T;
    try {
      return await this.join(name, call, start, (answer, { isAdapters, ...rest }) => {
        const content = question.contentOf(answer);
        if (content !== null) this.cache.keep(name, { answer, ...rest }, content, isAdapters);
      });
    } catch (error) {
      const stale = isFailure(error) ? this.cache.stale(name, call.maxAgeMs) : undefined;
      if (stale === undefined) throw error;
      warnStale(call, error);
      return this.#answer(call, stale) as T;
    }
  }

  #answer(call: Call, kept: KeptAnswer): unknown {
    this.hit(call);
    repeat(call, [kept]);
    return kept.answer;
  }

  /** One call for all that ask the same now; `keep` is given its answer, and how it came about. */
  async join<T>(
    name: string,
    call: Call,
    start: (call: Call) => Promise<T>,
    keep: (answer: T, circumstances: Circumstances) => void,
  ): Promise<T> {
    const { timeout } = this.#settings;
    return await withinDeadline(call, timeout, ({ signal, deadline }) => {
      const waiting: Call = { ...call, signal, deadline };
      return this.#flights.join(name, waiting, async (flight) => {
        const warnings: SourceError[] = [];
        const asked = performance.now();
        let keptAge: number | null = null;
        const warn = (error: SourceError) => {
          if (warnings.length < MAX_WARNINGS) warnings.push(error);
          flight.warn(error);
        };
        const kept = (ageMs: number) => {
          keptAge = Math.max(ageMs, keptAge ?? 0);
          flight.kept?.(ageMs);
        };
        // Every caller has a deadline of its own: the call itself is given the whole time of the source.
        const whole = Date.now() + timeout;
        const answer = await start({ ...flight, deadline: whole, warn, kept });
        keep(answer, { warnings, at: asked - (keptAge ?? 0), isAdapters: keptAge !== null });
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

/** What the source said of answers when it gave them, and how old they are. */
export function repeat(call: Call, answers: Iterable<KeptAnswer>): void {
  const warnings = new Set<SourceError>();
  for (const one of answers) {
    for (const warning of one.warnings) warnings.add(warning);
    call.kept?.(ageOf(one));
  }
  for (const warning of warnings) call.warn(warning);
}

export function warnStale(call: Call, cause: unknown): void {
  call.warn(new SourceError('SOURCE_STALE', 'The source failed: what it said before is shown.', { cause }));
}

export function isFailure(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code !== 'SOURCE_UNSUPPORTED';
}
