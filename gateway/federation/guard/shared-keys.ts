import type { Call, Found, FoundMany, IncludedObject } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import type { Entities, EntityName } from '../../../adapters/model.ts';
import type { KeptAnswer } from './answer-cache.ts';
import { contentOfKey } from './answer-content.ts';
import { type Circumstances, isFailure, repeat, type SharedCalls, warnStale } from './shared-calls.ts';

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
