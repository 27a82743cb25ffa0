import {
  type Adapter,
  type Call,
  childSource,
  type EntitySources,
  type FoundMany,
  mapEntities,
  mapRelations,
  type Page,
  type PageQuery,
  type RelationName,
  type RelationSources,
  type RelationTarget,
} from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import type { Filter } from '../../adapters/contract/filter.ts';
import type { Entities, EntityName, StatusCounts } from '../../adapters/contract/model.ts';

/** What is counted: the children of parents, or an entity as a whole (its counts are under the key `''`). */
export type CountSubject<E extends EntityName = EntityName> =
  | { readonly relation: RelationName; readonly parents: readonly string[]; readonly where: Filter<E> | null }
  | { readonly entity: E; readonly where: Filter<E> | null; readonly allVersions?: boolean };

/** The handlers of an adapter as four functions, by the name of the entity or relation: what suits loops over all of them. */
export interface Asking {
  get<E extends EntityName>(entity: E, ids: readonly string[], call: Call): Promise<FoundMany<Entities[E]>>;
  list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>>;
  related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]> | SourceError>>;
  count(subject: CountSubject, call: Call): Promise<ReadonlyMap<string, StatusCounts | SourceError>>;
}

export interface AskedAdapter extends Adapter, Asking {}

/** An adapter that can be asked so, too. What it does not declare is SOURCE_UNSUPPORTED. */
export function asking(adapter: Adapter): AskedAdapter {
  return {
    entities: adapter.entities,
    relations: adapter.relations,
    start: () => adapter.start(),
    stop: () => adapter.stop(),
    health: (call) => adapter.health(call),
    ...(adapter.store === undefined ? {} : { store: adapter.store }),
    get: async (entity, ids, call) => await declared(adapter.entities[entity]?.get, `get ${entity}`).read(ids, call),
    list: async (entity, query, call) =>
      await declared(adapter.entities[entity]?.list, `list ${entity}`).read(query, call),
    related: async <R extends RelationName>(
      relation: R,
      parents: readonly string[],
      query: PageQuery<RelationTarget<R>>,
      call: Call,
    ) => await declared(adapter.relations[relation]?.list, relation).read(parents, query, call),
    count: async (subject, call) => {
      if ('relation' in subject) {
        const { relation, parents, where } = subject;
        const count = childSource<EntityName>(adapter, relation)?.count;
        return await declared(count, `count ${relation}`).read(parents, where, call);
      }
      const { entity, where, allVersions } = subject;
      const counted = await countOf(adapter.entities, entity, where, allVersions, call);
      return new Map([['', counted]]);
    },
  };
}

function countOf<E extends EntityName>(
  entities: EntitySources,
  entity: E,
  where: Filter<E> | null,
  allVersions: boolean | undefined,
  call: Call,
): Promise<StatusCounts> {
  return declared(entities[entity]?.count, `count ${entity}`).read(where, call, allVersions);
}

/** The tables of an adapter, answered by the four functions instead. */
export function answeredBy(
  { entities, relations }: Pick<Adapter, 'entities' | 'relations'>,
  asking: Asking,
): { readonly entities: EntitySources; readonly relations: RelationSources } {
  return {
    entities: mapEntities(entities, (source, entity) => {
      const { get, list, count } = source;
      return {
        ...source,
        ...(get && { get: { ...get, read: (ids, call) => asking.get(entity, ids, call) } }),
        ...(list && { list: { ...list, read: (query, call) => asking.list(entity, query, call) } }),
        ...(count && {
          count: {
            ...count,
            read: async (where, call, allVersions = false) =>
              whole(await asking.count({ entity, where, allVersions }, call)),
          },
        }),
      };
    }),
    relations: mapRelations(relations, (source, relation) => {
      const { list, count } = source;
      return {
        ...source,
        ...(list && { list: { ...list, read: (ids, query, call) => asking.related(relation, ids, query, call) } }),
        ...(count && {
          count: { ...count, read: (parents, where, call) => asking.count({ relation, parents, where }, call) },
        }),
      };
    }),
  };
}

function whole(counts: ReadonlyMap<string, StatusCounts | SourceError>): StatusCounts {
  const counted = counts.get('');
  if (counted instanceof Error) throw counted;
  return counted ?? { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: 0 };
}

function declared<T>(handler: T | undefined, what: string): T {
  if (handler === undefined) throw new SourceError('SOURCE_UNSUPPORTED', `The adapter does not declare ${what}.`);
  return handler;
}
