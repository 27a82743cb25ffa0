import {
  type Adapter,
  type Call,
  type EntitySources,
  mapEntities,
  type Page,
  type PageItem,
  type PageQuery,
  type Requests,
} from '../../../adapters/contract/adapter.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import { type AskedAdapter, type Asking, answeredBy, asking } from '../asked-adapter.ts';

/** An adapter that is another in all but what is given. */
export function wrapped(inner: AskedAdapter, changes: Partial<Asking> & Partial<Omit<Adapter, 'store'>>): AskedAdapter {
  const { get, list, related, count, ...others } = changes;
  const functions: Asking = {
    get: get ?? ((entity, ids, call) => inner.get(entity, ids, call)),
    list: list ?? ((entity, query, call) => inner.list(entity, query, call)),
    related: related ?? ((relation, parents, query, call) => inner.related(relation, parents, query, call)),
    count: count ?? ((subject, call) => inner.count(subject, call)),
  };
  const tables = answeredBy({ entities: inner.entities, relations: inner.relations, ...others }, functions);
  const { start = () => inner.start(), stop = () => inner.stop(), health = (call) => inner.health(call) } = others;
  return asking({ ...tables, start, stop, health });
}

/** Declares what a batch of look-ups costs. */
export function withRequests(entities: EntitySources, requests: Requests): EntitySources {
  return mapEntities(entities, (source) => (source.get ? { ...source, get: { ...source.get, requests } } : source));
}

/** Changes the pages of lists; what `ask` gives instead is asked of the honest adapter. */
export function withPages(
  inner: AskedAdapter,
  change: <E extends EntityName>(
    page: Page<Entities[E]>,
    query: PageQuery<E>,
    entity: E,
    call: Call,
  ) => Page<Entities[E]> | Promise<Page<Entities[E]>>,
): AskedAdapter {
  return wrapped(inner, {
    list: async (entity, query, call) => change(await inner.list(entity, query, call), query, entity, call),
  });
}

/** Changes the items of lists, one by one. */
export function withItems(
  inner: AskedAdapter,
  change: <T extends Entities[EntityName]>(item: PageItem<T>) => PageItem<T>,
): AskedAdapter {
  return withPages(inner, (page) => ({ ...page, items: page.items.map((item) => change(item)) }));
}

/** Changes the objects of lists, look-ups and relations. */
export function withObjects(
  inner: AskedAdapter,
  change: <T extends Entities[EntityName]>(object: T) => T,
): AskedAdapter {
  return wrapped(inner, {
    list: async (entity, query, call) => changed(await inner.list(entity, query, call), change),
    get: async (entity, ids, call) => {
      const found = await inner.get(entity, ids, call);
      return new Map(
        [...found].map(([key, value]) => [key, 'object' in value ? { ...value, object: change(value.object) } : value]),
      );
    },
    related: async (relation, parents, query, call) => {
      const pages = await inner.related(relation, parents, query, call);
      return new Map([...pages].map(([key, page]) => [key, 'items' in page ? changed(page, change) : page]));
    },
  });
}

function changed<T extends Entities[EntityName]>(page: Page<T>, change: (object: T) => T): Page<T> {
  return { ...page, items: page.items.map((item) => ({ ...item, object: change(item.object) })) };
}

/** Changes what lists are asked, before they are. */
export function withQueries(
  inner: AskedAdapter,
  change: <E extends EntityName>(query: PageQuery<E>, entity: E) => PageQuery<E>,
): AskedAdapter {
  return wrapped(inner, { list: (entity, query, call) => inner.list(entity, change(query, entity), call) });
}

/** Changes the filters of lists, field by field: undefined leaves one out. */
export function withFilters(
  inner: AskedAdapter,
  change: (field: string, filter: object) => object | undefined,
): AskedAdapter {
  return withQueries(inner, (query) => {
    if (query.where === null) return query;
    const entries = Object.entries(query.where).map(([field, filter]) => [field, change(field, { ...filter })]);
    return { ...query, where: Object.assign({}, query.where, Object.fromEntries(entries)) };
  });
}
