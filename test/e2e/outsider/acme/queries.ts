import {
  type Call,
  type Entities,
  type EntityName,
  type Filter,
  type Found,
  offsetPage,
  onlyAsked,
  type Page,
  type PageItem,
  type PageQuery,
  SourceError,
} from 'kcigraph/adapter';
import type { AcmeClient, Ask } from './client.ts';
import { KINDS, numberOf } from './ids.ts';
import { translate } from './translate.ts';

/** Acme gives so many rows a request at most. */
export const ROWS_PER_REQUEST = 100;
export const MAX_KEYS = 50;
type Filters = Ask['filters'];

/** Asks Acme's lists, and translates what they give. */
export class Queries {
  readonly #client: AcmeClient;

  constructor(client: AcmeClient) {
    this.#client = client;
  }

  async get<E extends EntityName>(
    entity: E,
    ids: readonly string[],
    call: Call,
  ): Promise<ReadonlyMap<string, Found<Entities[E]>>> {
    const found = new Map<string, Found<Entities[E]>>();
    const numbers = ids.flatMap((id) => numberOf(entity, id) ?? []);
    for (let start = 0; start < numbers.length; start += MAX_KEYS) {
      const some = numbers.slice(start, start + MAX_KEYS);
      for (const row of await this.#rows(entity, { id: some }, 0, MAX_KEYS, call)) {
        if (row !== null) found.set(row.object.id, { object: row.object, time: row.time });
      }
    }
    return found;
  }

  /** @param below what narrows the list to the children of one parent */
  async page<E extends EntityName>(
    entity: E,
    query: PageQuery<E>,
    call: Call,
    below: Filters = {},
  ): Promise<Page<Entities[E]>> {
    const filters = both(filtersOf(entity, query.where), below);
    if (Object.values(filters).some((values) => values.length === 0)) return { items: [], hasMore: false };
    const { order, first, after } = query;
    return offsetPage({ order, first, after, pageSize: ROWS_PER_REQUEST }, (offset, limit) =>
      this.#rows(entity, filters, offset, limit, call),
    );
  }

  async #rows<E extends EntityName>(
    entity: E,
    filters: Filters,
    offset: number,
    limit: number,
    call: Call,
  ): Promise<readonly (PageItem<Entities[E]> | null)[]> {
    const kind = KINDS[entity];
    if (kind === undefined) throw new SourceError('SOURCE_UNSUPPORTED', `Acme has no ${entity}s.`);
    const rows = await this.#client.rows({ list: `${kind}s`, filters, offset, limit }, call);
    return rows.map((row) => {
      const item = translate(entity, row, call);
      return item === null ? null : { ...item, object: onlyAsked<E>(item.object, call.fields) };
    });
  }
}

/** Only what the capabilities declare arrives here. An id that is none of Acme's fits nothing. */
function filtersOf(entity: EntityName, where: Filter<EntityName> | null): Filters {
  const filters: Record<string, readonly (string | number)[]> = {};
  for (const [field, filter] of Object.entries(where ?? {})) {
    const wanted: readonly string[] = filter.in ?? [];
    const numbers = (of: EntityName) => wanted.flatMap((id) => numberOf(of, id) ?? []);
    if (field === 'id') filters.id = numbers(entity);
    else if (field === 'checkoutId') filters.run = numbers('checkout');
    else if (field === 'buildId') filters.job = numbers('build');
    else if (field === 'gitCommitHash') filters.commit = wanted.map((hash) => hash.toLowerCase());
    else if (field === 'treeName') filters.tree = wanted.filter((tree) => !tree.includes(','));
    else throw new SourceError('SOURCE_UNSUPPORTED', `Acme cannot filter by ${field}.`);
  }
  return filters;
}

/** What fits two filters: the same field may stand in both, since a parent's children are asked for by a filter too. */
function both(one: Filters, other: Filters): Filters {
  const common = Object.entries(one).map(([field, values]) => {
    const others = other[field];
    return [field, others === undefined ? values : values.filter((value) => others.includes(value))] as const;
  });
  return { ...other, ...Object.fromEntries(common) };
}
