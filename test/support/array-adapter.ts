/**
 * A test subject: a contract-complete adapter over documents that lie in arrays, slow and simple enough to be seen to be
 * right. The conformance suite is tested on it, and the gateway's merging of sources. It serves nobody.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AdapterEnv,
  type Call,
  type EntitySources,
  type Found,
  type FoundMany,
  type Health,
  type IncludedObject,
  type Page,
  type PageQuery,
  RELATION_TARGETS,
  type RelationName,
  type RelationSources,
  type RelationTarget,
} from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import { type Filter, matches } from '../../adapters/contract/filter.ts';
import {
  type Entities,
  type EntityName,
  isPlaceholder,
  STATUSES,
  type StatusCounts,
} from '../../adapters/contract/model.ts';
import { type ArrayCapabilities, tablesOf } from './array-adapter/capabilities.ts';
import { childrenOf } from './array-adapter/children.ts';
import { pageOf } from './array-adapter/pages.ts';
import { type ArrayDocument, ArrayRows, type Row } from './array-adapter/rows.ts';
import { withFields } from './array-adapter/with-fields.ts';
import type { AskedAdapter, CountSubject } from './asked-adapter.ts';

export type { ArrayDocument } from './array-adapter/rows.ts';

export interface ArrayOptions extends ArrayCapabilities {
  readonly documents: Iterable<ArrayDocument>;
  /** `offset` only: rows come in the order in which they arrived, not by time. */
  readonly arrival?: boolean;
  /** Milliseconds that an upstream request takes; 0 where left out. */
  readonly latencyMs?: number;
  /** Other names of objects, by entity and name. */
  readonly aliases?: Partial<Record<EntityName, Readonly<Record<string, string>>>>;
  /** Tests bring their builds along. */
  readonly bringsBuilds?: boolean;
  /** What wraps each upstream request; nothing where left out. */
  readonly upstream?: AdapterEnv['upstream'];
}

export class ArrayAdapter implements AskedAdapter {
  readonly entities: EntitySources;
  readonly relations: RelationSources;
  /** Change it to change what the source holds. */
  readonly rows: ArrayRows;
  /** Upstream requests made so far. */
  requests = 0;
  /** While set, every upstream request fails with it. */
  failure: SourceError | null = null;
  readonly #options: ArrayOptions;

  constructor(options: ArrayOptions) {
    this.#options = options;
    const { entities, relations } = tablesOf(options, this);
    this.entities = entities;
    this.relations = relations;
    this.rows = new ArrayRows(options.documents);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async health(): Promise<Health> {
    return this.failure === null ? { ok: true } : { ok: false, detail: this.failure.message };
  }

  async get<E extends EntityName>(entity: E, ids: readonly string[], call: Call): Promise<FoundMany<Entities[E]>> {
    const capability = this.entities[entity]?.get;
    if (capability === undefined) throw unsupported(`look up a ${entity} by key`);
    const found = new Map<string, Found<Entities[E]>>();
    await this.#chunks(ids, capability.maxKeys, call, (id) => {
      const row = this.rows.find(entity, this.#options.aliases?.[entity]?.[id] ?? id);
      if (row !== undefined) found.set(id, { object: withFields(row.object, call.fields), time: row.time });
    });
    return found;
  }

  async list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    const capability = this.entities[entity]?.list;
    if (capability === undefined) throw unsupported(`list ${entity}s`);
    return this.#upstream(call, () => {
      const rows = this.#matching(entity, this.rows.all(entity, query.allVersions ?? false), query.where);
      return { ...this.#page(rows, capability.paging, query, call), total: rows.length };
    });
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]>>> {
    const capability = this.relations[relation];
    if (capability?.list === undefined) throw unsupported(`answer ${relation}`);
    const { paging } = capability.list;
    const pages = new Map<string, Page<Entities[RelationTarget<R>]>>();
    await this.#chunks(parents, capability.maxParents, call, (parent) => {
      const rows = this.#children(relation, parent, query.where, query.allVersions ?? false);
      pages.set(parent, this.#page(rows, paging, query, call));
    });
    return pages;
  }

  async count(subject: CountSubject, call: Call): Promise<ReadonlyMap<string, StatusCounts>> {
    const counts = new Map<string, StatusCounts>();
    if ('entity' in subject) {
      const { entity, where, allVersions = false } = subject;
      if (this.entities[entity]?.count === undefined) throw unsupported(`count ${entity}s`);
      return this.#upstream(call, () => {
        const rows = this.#matching(entity, this.rows.all(entity, allVersions), where);
        return counts.set('', statusCounts(rows));
      });
    }
    const capability = this.relations[subject.relation];
    if (capability?.count === undefined) throw unsupported(`count by ${subject.relation}`);
    await this.#chunks(subject.parents, capability.maxParents, call, (parent) => {
      const rows = this.#children(subject.relation, parent, subject.where, false);
      const counted = statusCounts(rows);
      if (counted.total > 0) counts.set(parent, counted);
    });
    return counts;
  }

  #children<R extends RelationName>(
    relation: R,
    parent: string,
    where: Filter<RelationTarget<R>> | null,
    allVersions: boolean,
  ): readonly Row<Entities[RelationTarget<R>]>[] {
    const target: RelationTarget<R> = RELATION_TARGETS[relation];
    return this.#matching(target, childrenOf(this.rows, relation, target, parent, allVersions), where);
  }

  #matching<E extends EntityName>(
    entity: E,
    rows: readonly Row<Entities[E]>[],
    where: Filter<E> | null,
  ): readonly Row<Entities[E]>[] {
    if (where === null) return rows;
    return rows.filter((row) => matches(entity, row.object, where, this.rows.ancestryOf(entity, row.object)) === true);
  }

  #page<E extends EntityName>(
    rows: readonly Row<Entities[E]>[],
    paging: Parameters<typeof pageOf>[1]['paging'],
    query: PageQuery<E>,
    call: Call,
  ): Page<Entities[E]> {
    const page = pageOf(rows, { ...query, paging, arrival: this.#options.arrival ?? false });
    const items = page.items.map((item) => ({ ...item, object: withFields<E>(item.object, call.fields) }));
    if (this.#options.bringsBuilds !== true) return { ...page, items };
    return { ...page, items, included: items.flatMap(({ object }) => this.#buildOf(object)) };
  }

  #buildOf(object: Entities[EntityName]): readonly IncludedObject[] {
    const build = 'environment' in object ? this.rows.find('build', object.buildId) : undefined;
    return build === undefined ? [] : [{ entity: 'build', object: build.object }];
  }

  async #chunks(keys: readonly string[], size: number, call: Call, visit: (key: string) => void): Promise<void> {
    for (let start = 0; start < keys.length; start += size) {
      await this.#upstream(call, () => {
        for (const key of keys.slice(start, start + size)) visit(key);
      });
    }
  }

  async #upstream<T>(call: Call, answer: () => T): Promise<T> {
    stopIfAborted(call.signal);
    const request = async (signal: AbortSignal): Promise<T> => {
      this.requests += 1;
      await pause(this.#options.latencyMs ?? 0, signal);
      if (this.failure !== null) throw this.failure;
      return answer();
    };
    return this.#options.upstream?.(call, request) ?? request(call.signal);
  }
}

function statusCounts(all: readonly Row<Entities[EntityName]>[]): StatusCounts {
  const rows = all.filter(({ object }) => !('checkoutId' in object && isPlaceholder(object.id)));
  const having = (wanted: string | null) =>
    rows.filter(({ object }) => 'status' in object && object.status === wanted).length;
  const [fail = 0, error = 0, miss = 0, pass = 0, done = 0, skip = 0] = STATUSES.map(having);
  return { fail, error, miss, pass, done, skip, none: having(null), total: rows.length };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
  stopIfAborted(signal);
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new SourceError('SOURCE_TIMEOUT', 'The call was cancelled before the source answered.');
}

function unsupported(what: string): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', `This source cannot ${what}.`);
}
