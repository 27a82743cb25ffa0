import type { Call, Found, FoundMany, IncludedObject } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import { SingleFlight } from '../../../adapters/kit/single-flight.ts';
import {
  AnswerCache,
  type AnswerCacheSettings,
  type AnswerContent,
  ageOf,
  contentOfKey,
  type KeptAnswer,
} from './answer-cache.ts';
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

/** One key's part of an answer. */
interface KeptKey<T> {
  /** Null: the source does not know the key. */
  readonly found: Found<T> | null;
  /** What came along with the answer that it is of. */
  readonly included: readonly IncludedObject[];
}

interface Kept<T> extends KeptAnswer {
  readonly answer: KeptKey<T>;
}

export interface KeyedQuestion<E extends EntityName> {
  readonly entity: E;
  /** What is asked of each key; the same name means answers of the same type. */
  readonly name: string;
  readonly keys: readonly string[];
  /** Milliseconds for which the source says that an answer stays as good as new. */
  readonly freshness: number;
}

/** As `SharedCalls.ask`, key by key: only those are asked for that are not at hand. */
export async function askKeys<E extends EntityName>(
  shared: SharedCalls,
  { entity, name, keys, freshness: source }: KeyedQuestion<E>,
  call: Call,
  start: (keys: readonly string[], call: Call) => Promise<FoundMany<Entities[E]>>,
): Promise<FoundMany<Entities[E]>> {
  type T = Entities[E];
  const nameOf = (key: string) => `${name} ${key}`;
  const kept = new Map<string, Kept<T>>();
  for (const key of keys) {
    const fresh = shared.cache.fresh(nameOf(key), { source, request: call.maxAgeMs });
    if (fresh !== undefined) kept.set(key, fresh as Kept<T>);
  }
  const missing = keys.filter((key) => !kept.has(key));
  const asked = missing.length === 0 && keys.length > 0 ? new Map() : await ask(missing);
  if (asked.size === 0 && kept.size === keys.length && keys.length > 0) shared.hit(call);
  repeat(call, kept.values());
  return togetherWith(asked, kept);

  async function ask(missing: readonly string[]): Promise<FoundMany<T>> {
    const stale = (key: string) => shared.cache.stale(nameOf(key), call.maxAgeMs) as Kept<T> | undefined;
    let answer: FoundMany<T>;
    try {
      answer = await shared.join(
        `${name} ${JSON.stringify(missing)}`,
        call,
        (flight) => start(missing, flight),
        (found, circumstances) => keep(missing, found, circumstances),
      );
    } catch (error) {
      if (!isFailure(error) || !missing.some((key) => stale(key) !== undefined)) throw error;
      answer = new Map(missing.map((key) => [key, error]));
    }
    let fault: SourceError | null = null;
    const result = new Map<string, Found<T> | SourceError>();
    for (const [key, value] of answer) {
      const old = isFailure(value) ? stale(key) : undefined;
      if (old === undefined) result.set(key, value);
      else {
        kept.set(key, old);
        if (isFailure(value)) fault = value;
      }
    }
    if (fault !== null) warnStale(call, fault);
    return withIncluded(result, answer.included ?? []);
  }

  function keep(missing: readonly string[], answer: FoundMany<T>, { isAdapters, ...rest }: Circumstances): void {
    const included = answer.included ?? [];
    for (const key of missing) {
      const found = answer.get(key) ?? null;
      // A failed key is asked for again.
      if (found instanceof SourceError) continue;
      const content = contentOfKey(entity, key, found, included, call.fields);
      shared.cache.keep(nameOf(key), { answer: { found, included }, ...rest }, content, isAdapters);
    }
  }
}

function togetherWith<T>(asked: FoundMany<T>, kept: ReadonlyMap<string, Kept<T>>): FoundMany<T> {
  if (kept.size === 0) return asked;
  const all = new Map(asked);
  const included = new Set<readonly IncludedObject[]>();
  for (const [key, { answer }] of kept) {
    if (answer.found !== null) all.set(key, answer.found);
    included.add(answer.included);
  }
  return withIncluded(all, [...(asked.included ?? []), ...[...included].flat()]);
}

function withIncluded<T>(
  found: Map<string, Found<T> | SourceError>,
  included: readonly IncludedObject[],
): FoundMany<T> {
  return included.length === 0 ? found : Object.assign(found, { included });
}
