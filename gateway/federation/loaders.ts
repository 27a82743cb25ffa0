import DataLoader from 'dataloader';
import type {
  Call,
  Found,
  IncludedObject,
  Logger,
  Page,
  PageQuery,
  RelationName,
} from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import type { Filter } from '../../adapters/contract/filter.ts';
import type { Entities, EntityName, StatusCounts } from '../../adapters/contract/model.ts';
import { type ByteShare, RowMemory } from './byte-budget.ts';
import type { FieldSet } from './field-set.ts';
import type { GatewayCall } from './guard/shared-calls.ts';
import type { SourceStateName } from './guard/source-state.ts';
import { keyOf } from './identity.ts';
import type { ReadPage } from './list/query.ts';
import { NO_COUNTS } from './merge.ts';
import type { Source } from './registry.ts';
import { SourceAllowance } from './request.ts';
import type { SlicedWork } from './sliced-work.ts';
import { entitySource, relationSource } from './source-plan.ts';
import type { SourceReport } from './source-report.ts';

export interface LoadersOptions {
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly log: Logger;
  readonly report: SourceReport;
  readonly work: SlicedWork;
  /** Milliseconds that a kept answer may be old, where the client says so; null: as the configuration says. */
  readonly maxAgeMs: number | null;
  /** What the request holds in memory. */
  readonly memory: ByteShare;
  /** There are several sources: none of them may use up the time of the others. */
  readonly isShared: boolean;
}

const STATES: readonly SourceStateName[] = ['DOWN', 'DEGRADED', 'UP'];
const EMPTY_PAGE: Page<never> = { items: [], hasMore: false };
const NO_FIELDS: ReadonlySet<string> = new Set();
/** Whatever a client asks for, what was read less than so many milliseconds ago is not read anew. */
const LEAST_MAX_AGE_MS = 5_000;

/**
 * One loader a source, subject, arguments and fields: what one request asks is batched over a level, and asked once.
 * Keys are chunked so that each call is one upstream request.
 */
export class Loaders {
  readonly #options: LoadersOptions;
  readonly #loaders = new Map<string, unknown>();
  readonly #included = new IncludedObjects();
  readonly #allowances = new Map<string, SourceAllowance>();

  constructor(options: LoadersOptions) {
    this.#options = options;
  }

  /**
   * Objects by key; null where the source has none.
   * @param isTimed whether the time by which lists sort the objects is needed too
   * @param isHurried whether they are only good to have: those that the source's rate lets through in a moment will do
   */
  objects<E extends EntityName>(
    source: Source,
    entity: E,
    fields: FieldSet,
    isTimed = false,
    isHurried = false,
  ): Loader<Found<Entities[E]> | null> {
    const get = entitySource(source, entity)?.get;
    const maxKeys = get?.maxKeys ?? 1;
    return this.#loader(`get ${entity} ${isTimed} ${isHurried} ${fields.key}`, source, maxKeys, async (asked) => {
      const known = asked.map(({ key }) => (isTimed ? null : this.#included.find(source, entity, key, fields)));
      const missing = asked.filter((_, index) => known[index] === null);
      const found =
        missing.length === 0
          ? new Map<string, Found<Entities[E]> | SourceError>()
          : await this.#call(source, missing, fields.names, async (call) => {
              const within = isHurried ? { ...call, startBy: this.allowanceOf(source).optionalUntil } : call;
              if (get === undefined) throw unsupported(`look up a ${entity} by id`);
              const answer = await get.read(keysOf(missing), within);
              this.#keep(source, answer.included);
              return { answer, items: answer.size };
            });
      return asked.map(({ key }, index) => {
        const object = known[index] ?? null;
        return object === null ? (found.get(key) ?? null) : { object, time: null };
      });
    });
  }

  /** Pages below parents. The relation gives the entity. */
  pages<E extends EntityName>(
    source: Source,
    relation: RelationName,
    query: PageQuery<E>,
    fields: FieldSet,
  ): Loader<ReadPage<Entities[E]>> {
    const below = relationSource<E>(source, relation);
    const maxParents = below?.maxParents ?? 1;
    const name = `related ${relation} ${JSON.stringify(query)} ${fields.key}`;
    return this.#loader(name, source, maxParents, async (asked) => {
      let isCut = false;
      const pages = await this.#call(
        source,
        asked,
        fields.names,
        async (call) => {
          if (below?.list === undefined) throw unsupported(`list ${relation}`);
          const answer = await below.list.read(keysOf(asked), query, call);
          let items = 0;
          for (const page of answer.values()) {
            if (page instanceof SourceError) continue;
            items += page.items.length;
            this.#keep(source, page.included);
          }
          // The adapter may have said it already, and better: how far the index reaches.
          if (!isCut && [...answer.values()].some(isPending)) {
            call.warn(stillFilling());
            // The pages of the other parents are whole.
            isCut = false;
          }
          return { answer, items };
        },
        () => {
          isCut = true;
        },
      );
      return asked.map(({ key }) => {
        const page = pages.get(key) ?? EMPTY_PAGE;
        return cutPage(page, isCut || isPending(page));
      });
    });
  }

  /** Pages of an entity as a whole, under the key `''`. */
  lists<E extends EntityName>(
    source: Source,
    entity: E,
    query: PageQuery<E>,
    fields: FieldSet,
  ): Loader<ReadPage<Entities[E]>> {
    return this.#loader(`list ${entity} ${JSON.stringify(query)} ${fields.key}`, source, 1, async (asked) => {
      let isCut = false;
      const page = await this.#call(
        source,
        asked,
        fields.names,
        async (call) => {
          const list = entitySource(source, entity)?.list;
          if (list === undefined) throw unsupported(`list ${entity}s`);
          const answer = await list.read(query, call);
          this.#keep(source, answer.included);
          if (!isCut && isPending(answer)) call.warn(stillFilling());
          return { answer, items: answer.items.length };
        },
        () => {
          isCut = true;
        },
      );
      return asked.map(() => cutPage(page, isCut));
    });
  }

  /** Counts of the children of parents, or, under the key `''`, of an entity as a whole. */
  counts<E extends EntityName>(
    source: Source,
    subject: {
      readonly entity: E;
      readonly relation: RelationName | null;
      readonly where: Filter<E> | null;
      readonly allVersions: boolean;
    },
  ): Loader<StatusCounts> {
    const { entity, relation, where, allVersions } = subject;
    const below = relation === null ? undefined : relationSource<E>(source, relation);
    const name = `count ${entity} ${relation} ${allVersions} ${JSON.stringify(where)}`;
    return this.#loader(name, source, below?.maxParents ?? 1, async (asked) => {
      let cut: SourceError | null = null;
      const counts = await this.#call(
        source,
        asked,
        NO_FIELDS,
        async (call) => {
          const answer = await count(call, keysOf(asked));
          return { answer, items: answer.size };
        },
        (error) => {
          cut = error;
        },
      );
      return asked.map(({ key }) => cut ?? counts.get(key) ?? NO_COUNTS);
    });

    async function count(
      call: Call,
      keys: readonly string[],
    ): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
      if (below?.count !== undefined) return await below.count.read(keys, where, call);
      const whole = relation === null ? entitySource(source, entity)?.count : undefined;
      if (whole === undefined) throw unsupported(`count ${relation ?? `${entity}s`}`);
      return new Map([['', await whole.read(where, call, allVersions)]]);
    }
  }

  /** The loader of that name, made where it is asked for first. The name says all that its type depends on. */
  #loader<T>(
    name: string,
    source: Source,
    maxBatchSize: number,
    load: (asked: readonly Asked[]) => Promise<readonly (T | SourceError)[]>,
  ): Loader<T> {
    const key = `${source.name} ${name}`;
    const known = this.#loaders.get(key) as Loader<T> | undefined;
    if (known !== undefined) return known;
    const loader = new Loader(load, maxBatchSize, this.#options.work);
    this.#loaders.set(key, loader);
    return loader;
  }

  async #call<A>(
    source: Source,
    asked: readonly Asked[],
    fields: ReadonlySet<string>,
    ask: (call: Call) => Promise<{ readonly answer: A; readonly items: number }>,
    onCut: (error: SourceError) => void = () => {},
  ): Promise<A> {
    const { deadline, log, report, maxAgeMs } = this.#options;
    const allowance = this.allowanceOf(source);
    const { signal, connections: share } = allowance;
    const memory = new RowMemory(this.#options.memory);
    // A second wait for a slow source would use up the time that the others need.
    if (allowance.timedOut !== null) throw allowance.timedOut;
    const usage = report.usageOf(source.name);
    const path = asked[0]?.path ?? null;
    const warn = (error: SourceError) => {
      if (error.code === 'SOURCE_TRUNCATED') onCut(error);
      report.add(source.name, error, path);
    };
    const start = performance.now();
    const onCacheHit = () => {
      usage.requests -= 1;
      usage.cacheHits += 1;
    };
    const kept = (ageMs: number) => {
      usage.ageMs = Math.max(usage.ageMs, Math.round(ageMs));
    };
    const call: GatewayCall = {
      ...{ signal, deadline, fields, log, share, warn, kept, onCacheHit },
      memory,
      maxAgeMs: maxAgeMs === null ? undefined : Math.max(maxAgeMs, LEAST_MAX_AGE_MS),
    };
    memory.check();
    usage.requests += 1;
    allowance.begin();
    try {
      const { answer, items } = await ask(call);
      usage.items += items;
      const wait = memory.estimate(answer, { signal, deadline });
      if (wait !== null) await wait;
      return answer;
    } catch (cause) {
      throw cause instanceof SourceError ? allowance.faultOf(cause) : cause;
    } finally {
      allowance.end();
      usage.ms += performance.now() - start;
      usage.state = worse(usage.state, source.state.name);
    }
  }

  /** What this request may still take of a source. */
  allowanceOf(source: Source): SourceAllowance {
    const { signal, isShared } = this.#options;
    const known = this.#allowances.get(source.name);
    if (known !== undefined) return known;
    const allowance = new SourceAllowance(source, signal, isShared);
    this.#allowances.set(source.name, allowance);
    return allowance;
  }

  #keep(source: Source, included: readonly IncludedObject[] | undefined): void {
    for (const { entity, object } of included ?? []) this.#included.keep(source, entity, keyOf(object), object);
  }
}

/** How a source was while one request asked it: one of several calls that failed is not hidden by one that went well. */
function worse(one: SourceStateName, other: SourceStateName): SourceStateName {
  return STATES.indexOf(one) < STATES.indexOf(other) ? one : other;
}

/** A page of an answer that the source itself says is not all that there is. */
function cutPage<T>(page: Page<T> | SourceError, isCut: boolean): ReadPage<T> | SourceError {
  return isCut && !(page instanceof SourceError) ? { ...page, isCut } : page;
}

function isPending(page: Page<unknown> | SourceError): boolean {
  return !(page instanceof SourceError) && page.pending === true;
}

function stillFilling(): SourceError {
  const message = 'The index of the source is still filling: what it has not reached yet is not shown.';
  return new SourceError('SOURCE_TRUNCATED', message);
}

function unsupported(what: string): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', `The source cannot ${what}.`);
}

function keysOf(asked: readonly Asked[]): readonly string[] {
  return asked.map(({ key }) => key);
}

/** A key, and where in the answer it was asked for. */
export interface Asked {
  readonly key: string;
  readonly path: readonly (string | number)[];
}
/** Batches what a level asks for. What failed is a value: nothing else rejects. */
export class Loader<T> {
  readonly #batches: DataLoader<Asked, T>;
  readonly #known = new Map<string, Promise<T | SourceError>>();

  constructor(
    load: (asked: readonly Asked[]) => Promise<readonly (T | SourceError)[]>,
    maxBatchSize: number,
    work: SlicedWork,
  ) {
    this.#batches = new DataLoader<Asked, T>(load, {
      maxBatchSize,
      cache: false,
      batchScheduleFn: (close) => work.whenAllAsked(close),
    });
  }

  load(asked: Asked): Promise<T | SourceError> {
    let known = this.#known.get(asked.key);
    if (known === undefined) {
      known = this.#batches.load(asked).catch(asValue);
      this.#known.set(asked.key, known);
    }
    return known;
  }
}

function asValue(fault: unknown): SourceError {
  if (fault instanceof SourceError) return fault;
  throw fault;
}

/** What an adapter fetches only where it is asked for: null in an object that came along does not say that it has none. */
export const LARGE_FIELDS = [
  'logExcerpt',
  'misc',
  'environment',
  'conflicts',
  'patchsetFiles',
  'inputFiles',
  'outputFiles',
] as const;

type ByKey = { readonly [E in EntityName]: Map<string, Entities[E]> };

/** Objects that came along with answers in this request, by source. */
export class IncludedObjects {
  readonly #bySource = new Map<string, ByKey>();

  keep<E extends EntityName>(source: Source, entity: E, key: string, object: Entities[E]): void {
    let byKey = this.#bySource.get(source.name);
    if (byKey === undefined) {
      byKey = { checkout: new Map(), build: new Map(), test: new Map(), issue: new Map(), incident: new Map() };
      this.#bySource.set(source.name, byKey);
    }
    const objects: Map<string, Entities[E]> = byKey[entity];
    objects.set(key, object);
  }

  /** The object, where it has all that is asked for. */
  find<E extends EntityName>(source: Source, entity: E, key: string, fields: FieldSet): Entities[E] | null {
    const objects: Map<string, Entities[E]> | undefined = this.#bySource.get(source.name)?.[entity];
    const object = objects?.get(key);
    if (object === undefined) return null;
    const values: Readonly<Record<string, unknown>> = { ...object };
    return LARGE_FIELDS.some((field) => fields.names.has(field) && (values[field] ?? null) === null) ? null : object;
  }
}
