import {
  type Call,
  type Entities,
  type EntityName,
  type Filter,
  type Found,
  inflateExcerpt,
  isSliceOver,
  matches,
  onlyAsked,
  type Page,
  type PageQuery,
  type Paging,
  RELATION_TARGETS,
  type RelationName,
  type RelationTarget,
  SourceError,
  type StatusCounts,
  yieldToEventLoop,
} from '../kit/author.ts';
import type { Client } from './client.ts';
import { type Documents, inOrder, type Report, type Row, type Table } from './documents/documents.ts';
import { candidates } from './queries/candidates.ts';
import { childrenOf } from './queries/children.ts';
import { countRows } from './queries/count-rows.ts';
import { fittingRows, pageOf } from './queries/page-of.ts';

/** Answers from what the client holds. Each call reads one state of it, whatever changes meanwhile. */
export class Queries {
  readonly #client: Client;
  readonly #paging: Paging;

  constructor(client: Client, paging: Paging) {
    this.#client = client;
    this.#paging = paging;
  }

  async get<E extends EntityName>(
    entity: E,
    keys: readonly string[],
    call: Call,
  ): Promise<ReadonlyMap<string, Found<Entities[E]>>> {
    const { documents, fault } = await this.#client.read(call);
    const found = new Map<string, Found<Entities[E]>>();
    for (const key of keys) {
      const row = documents.find(entity, key);
      if (row !== undefined) found.set(key, { object: await shown<E>(row, call), time: row.time });
    }
    // What was found is whole; what was not may lie in what could not be understood.
    if (fault !== null && found.size < keys.length) call.warn(fault);
    return found;
  }

  async list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    const documents = await this.#read(call);
    const { rows, where } = candidates<E>(documents, entity, query.order, query.where);
    const fits = fitsOf<E>(documents, entity, where, query.allVersions ?? false);
    const page = await pageOf(rows, { query, paging: this.#paging, fits });
    return await asked<E>(page, documents.tables[entity], call);
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]>>> {
    const documents = await this.#read(call);
    const pages = new Map<string, Page<Entities[RelationTarget<R>]>>();
    const fits = fitsOf<RelationTarget<R>>(documents, RELATION_TARGETS[relation], query.where, true);
    for (const parent of parents) {
      const rows = inOrder(children(documents, relation, parent, query.allVersions ?? false), query.order);
      const page = await pageOf(rows, { query, paging: this.#paging, fits });
      const table: Table<Entities[RelationTarget<R>]> = documents.tables[RELATION_TARGETS[relation]];
      pages.set(parent, await asked<RelationTarget<R>>(page, table, call));
      if (isSliceOver()) await yieldToEventLoop();
    }
    return pages;
  }

  async count<E extends EntityName>(
    entity: E,
    where: Filter<E> | null,
    allVersions: boolean,
    call: Call,
  ): Promise<StatusCounts> {
    const documents = await this.#read(call);
    const found = candidates(documents, entity, 'NEWEST', where);
    return await tally(found.rows, fitsOf(documents, entity, found.where, allVersions));
  }

  async countBelow<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    where: Filter<RelationTarget<R>> | null,
    call: Call,
  ): Promise<ReadonlyMap<string, StatusCounts>> {
    const documents = await this.#read(call);
    const fits = fitsOf<RelationTarget<R>>(documents, RELATION_TARGETS[relation], where, true);
    const counts = new Map<string, StatusCounts>();
    for (const parent of parents) {
      const rows = children(documents, relation, parent, false);
      const counted = rows.length === 0 ? null : await tally(rows, fits);
      if (counted !== null && counted.total > 0) counts.set(parent, counted);
    }
    return counts;
  }

  async #read(call: Call): Promise<Documents> {
    const { documents, fault } = await this.#client.read(call);
    if (fault !== null) call.warn(fault);
    return documents;
  }
}

function children<R extends RelationName>(documents: Documents, relation: R, parent: string, allVersions: boolean) {
  const rows = childrenOf(documents, relation, parent, allVersions);
  if (rows !== null) return rows;
  throw new SourceError('SOURCE_UNSUPPORTED', `This source does not know the relation ${relation}.`);
}

/** Null where all fit. */
function fitsOf<E extends EntityName>(
  documents: Documents,
  entity: E,
  where: Filter<E> | null,
  allVersions: boolean,
): ((object: Entities[E]) => boolean) | null {
  const isOld = (object: Entities[EntityName]) => 'version' in object && !documents.isNewestVersion(object);
  const isFitting = (object: Entities[E]) =>
    matches<E>(entity, object, where, documents.ancestryOf(entity, object)) === true;
  if (entity === 'issue' && !allVersions) return (object) => !isOld(object) && isFitting(object);
  return where === null ? null : isFitting;
}

async function tally<T extends Entities[EntityName]>(
  rows: readonly Row<T>[],
  fits: ((object: T) => boolean) | null,
): Promise<StatusCounts> {
  return countRows(fits === null ? rows : await fittingRows(rows, 0, Number.POSITIVE_INFINITY, fits));
}

async function asked<E extends EntityName>(
  page: Page<Entities[E]>,
  table: Table<Entities[E]>,
  call: Call,
): Promise<Page<Entities[E]>> {
  const items = page.items.map(async (item) => {
    const { excerpt = null } = table.byKey.get(item.tie) ?? {};
    return { ...item, object: await shown<E>({ object: item.object, excerpt }, call) };
  });
  return { ...page, items: await Promise.all(items) };
}

async function shown<E extends EntityName>(
  { object, excerpt }: Report<Entities[E]>,
  { fields }: Call,
): Promise<Entities[E]> {
  const shown = onlyAsked<E>(object, fields);
  if (excerpt === null || !fields.has('logExcerpt')) return shown;
  return { ...shown, logExcerpt: await inflateExcerpt(excerpt) };
}
