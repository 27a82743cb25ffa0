import type { Order, PageItem, Place, RelationName } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { type Filter, matches } from '../../../adapters/contract/filter.ts';
import { type Entities, type EntityName, isPlaceholder } from '../../../adapters/contract/model.ts';
import type { FieldSet } from '../field-set.ts';
import type { Loader } from '../loaders.ts';
import type { Copy } from '../merge.ts';
import type { Source } from '../registry.ts';
import { Budget, MAX_PAGE_REQUESTS, type RequestContext } from '../request.ts';
import { fieldsRead, listTerms, relationSource } from '../source-plan.ts';
import { type CursorState, compareFromStart, comparePlaces } from './cursor.ts';
import { type MergeSource, mergePages } from './k-way-merge.ts';
import { membershipFields } from './plan.ts';
import { leadingCopies } from './primary-record.ts';
import {
  identityIn,
  type ListedSource,
  type ListPart,
  type ListPlace,
  type ListPlan,
  type ListSubject,
  pageQuery,
  type Reader,
  type ReadPage,
} from './query.ts';

export interface PageRequest {
  readonly first: number;
  readonly from: CursorState;
  /** The fields of the objects that are shown. */
  readonly fields: FieldSet;
}

export interface ListPage<T> {
  readonly edges: readonly { readonly shown: T; readonly end: CursorState }[];
  readonly hasNext: boolean;
  readonly end: CursorState;
}

/** How many rows are read for each that is needed, where the gateway filters: most may not fit. */
const OVER_FETCH = 4;

/** A page of a list: of all its sources merged, or as it is of the one source that alone can hold it. */
export async function listPage<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  plan: ListPlan<E>,
  request: PageRequest,
): Promise<ListPage<readonly Copy<Entities[E]>[]>> {
  const listed = plan.sources;
  const [only] = listed;
  if (only === undefined) return { edges: [], hasNext: false, end: request.from };
  if (listed.length === 1 && only.residual === null && only.graph === null && subject.entity !== 'build') {
    return await soleSourcePage(context, place, only, request, subject.order);
  }
  const read = [...fieldsRead(subject.entity, subject.where), ...membershipFields(subject)];
  const fields = withFields(request.fields, read);
  const budgets = listed.map(() => new Budget(MAX_PAGE_REQUESTS));
  const gave = new Set<string>();
  const page = await mergePages({
    sources: listed.map((one, index) => {
      const source = mergeSource(context, subject, place, one, fields, budgets[index]!);
      const read: typeof source.read = async (size, after) => {
        const rows = await source.read(size, after);
        if (rows !== null && rows.rows.length > 0) gave.add(source.name);
        return rows;
      };
      return { ...source, read };
    }),
    first: request.first,
    order: subject.order,
    from: request.from,
    settle: leadingCopies({ context, subject, place, plan, fields, budgets }),
  });
  if (page.isCut) {
    for (const { source, residual, graph } of listed) {
      const names = Object.keys({ ...residual, ...graph });
      if (names.length === 0 || !gave.has(source.name)) continue;
      const message = `The source does not apply the filter ${names.join(', ')} itself: this page ends early, and more may follow it.`;
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
    }
  }
  return page;
}

function withFields(fields: FieldSet, more: readonly string[]): FieldSet {
  const names = new Set([...fields.names, ...more]);
  return names.size === fields.names.size ? fields : { names, key: [...names].sort().join(' ') };
}

/** A listed source as the merge reads it: what it does not filter itself is evaluated here. */
export function mergeSource<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  { source, paging, residual, graph, reader }: ListedSource<E>,
  fields: FieldSet,
  budget: Budget,
): MergeSource<Entities[E]> {
  const read = reader(fields, budget);
  const isFiltered = residual !== null || graph !== null;
  return {
    name: source.name,
    isOffset: paging === 'offset',
    read: async (size, after) => {
      const page = await read(isFiltered ? size * OVER_FETCH : size, after);
      if (page instanceof SourceError) {
        context.report.fail(source.name, page, place.path);
        return null;
      }
      if (page.items.length === 0 && page.hasMore && page.isCut !== true) {
        const message = 'The source has more objects and cannot give them now: they are left for a later page.';
        context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
      }
      const rows = page.items.map((item) => ({
        ...item,
        identity: identityIn(subject, item.object),
        fits: isListed(subject.entity, item.object) && matches(subject.entity, item.object, residual) === true,
      }));
      return { rows, hasMore: page.hasMore, ...(page.isCut === true ? { isCut: true } : {}) };
    },
  };
}

/** Placeholder builds are found by their id and from their tests, and are in no list. */
export function isListed(entity: EntityName, object: Entities[EntityName]): boolean {
  return entity !== 'build' || !isPlaceholder(object.id);
}

/** Where one source alone can hold what is asked, its page is the answer. Its cursors are those of a merge of one. */
export async function soleSourcePage<E extends EntityName>(
  context: RequestContext,
  place: ListPlace,
  { source, paging, reader }: ListedSource<E>,
  { first, from, fields }: PageRequest,
  order: Order,
): Promise<ListPage<readonly Copy<Entities[E]>[]>> {
  const isOffset = paging === 'offset';
  const own = from.places.get(source.name);
  const after = own === undefined ? (isOffset ? null : from.furthest) : own;
  // Of a page without edges it is asked whether there would be one.
  const page = await reader(fields, new Budget(MAX_PAGE_REQUESTS))(Math.max(1, first), after);
  if (page instanceof SourceError) {
    context.report.fail(source.name, page, place.path);
    return { edges: [], hasNext: false, end: from };
  }
  if (first === 0) return { edges: [], hasNext: page.items.length > 0 || page.hasMore, end: from };
  if (context.work.isSliceOver) await context.work.giveWay();
  const edges = page.items.map(({ object, time, ...item }) => {
    const at = placeOf({ time, ...item });
    const end = isOffset ? offsetEnd(from, source.name, at) : seekEnd(from, source.name, at, order);
    return { shown: [{ source, object, time }], end };
  });
  return { edges, hasNext: page.hasMore, end: edges.at(-1)?.end ?? from };
}

function offsetEnd(from: CursorState, name: string, at: Place): CursorState {
  return { furthest: from.furthest, places: new Map([...from.places, [name, at]]) };
}

function seekEnd(from: CursorState, name: string, { time, tie }: Place, order: Order): CursorState {
  const at = { time, tie };
  if (from.places.size === 0) return { furthest: at, places: from.places };
  const places = new Map(from.places);
  const isBehind = compareFromStart(at, from.furthest, order) < 0;
  if (isBehind) places.set(name, at);
  else places.delete(name);
  return { furthest: isBehind ? from.furthest : at, places };
}

export interface ReaderOptions<E extends EntityName> {
  readonly context: RequestContext;
  readonly source: Source;
  readonly subject: ListSubject<E>;
  readonly part: ListPart<E>;
  readonly fields: FieldSet;
  readonly path: readonly (string | number)[];
  /** Upstream requests. */
  readonly budget: Budget;
}

/** Reads one list of one source; where its pages are smaller than what is asked for, several of them in a row. */
export function sourceReader<E extends EntityName>(options: ReaderOptions<E>): Reader<Entities[E]> {
  const { context, source, subject, part, path, budget } = options;
  const maxPage = listTerms(source, subject.entity, part.relation)?.maxPage ?? 1;
  // Parents share their requests.
  const cost = 1 / (part.relation === null ? 1 : (relationSource(source, part.relation)?.maxParents ?? 1));

  return async (size, after) => {
    const first = await load(Math.min(size, maxPage), after);
    if (first instanceof SourceError || first.items.length >= size || !first.hasMore) return first;
    const items: PageItem<Entities[E]>[] = [...first.items];
    let isCut = first.isCut === true;
    let hasMore: boolean = first.hasMore;
    let last = items.at(-1);
    while (hasMore && last !== undefined && items.length < size) {
      const page = await load(Math.min(size - items.length, maxPage), placeOf(last));
      // What was read so far stands; the failure comes again when the list is read on from there.
      if (page instanceof SourceError) break;
      items.push(...page.items);
      hasMore = page.hasMore;
      isCut ||= page.isCut === true;
      last = page.items.at(-1);
    }
    const total = first.total === undefined ? {} : { total: first.total };
    return { items, hasMore, ...total, ...(isCut ? { isCut } : {}) };
  };

  async function load(first: number, after: Place | null): Promise<ReadPage<Entities[E]> | SourceError> {
    if (!budget.take(cost)) {
      const message = 'Too many requests would have to be made for this page: it ends early, and more may follow it.';
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), path);
      return { items: [], hasMore: true, isCut: true };
    }
    return await loaderOf(options, first, after).load({ key: part.parent, path });
  }
}

function loaderOf<E extends EntityName>(
  { context, source, subject, part, fields }: ReaderOptions<E>,
  first: number,
  after: Place | null,
): Loader<ReadPage<Entities[E]>> {
  const query = pageQuery(subject, part.where, first, after);
  if (part.relation === null) return context.loaders.lists(source, subject.entity, query, fields);
  return context.loaders.pages(source, part.relation, query, fields);
}

/** A place without the object that stands there: it becomes part of what is asked. */
export function placeOf({ time, tie, mark }: Place): Place {
  return mark === undefined ? { time, tie } : { time, tie, mark };
}

/** Several lists of one source read as one, sorted by (time, tie); what lies in two of them comes once. */
export function unionReader<T>(readers: readonly Reader<T>[], order: Order): Reader<T> {
  const [only] = readers;
  if (only !== undefined && readers.length === 1) return only;
  return async (size, after) => {
    const pages = await Promise.all(readers.map((read) => read(size, after)));
    let items: PageItem<T>[] = [];
    /** Beyond it rows of a list that was not read so far may come first. */
    let horizon: Place | null = null;
    let hasMore = false;
    const isCut = pages.some((page) => 'isCut' in page && page.isCut === true);
    for (const page of pages) {
      if (page instanceof SourceError) return page;
      items.push(...page.items);
      if (!page.hasMore) continue;
      hasMore = true;
      const last = page.items.at(-1);
      if (last === undefined) return { items: [], hasMore: true, isCut };
      if (horizon === null || comparePlaces(last, horizon, order) < 0) horizon = last;
    }
    items.sort((a, b) => comparePlaces(a, b, order));
    items = items.filter((item, index) => index === 0 || comparePlaces(items[index - 1]!, item, order) !== 0);
    const known = horizon;
    if (known !== null) items = items.filter((item) => comparePlaces(item, known, order) <= 0);
    if (items.length > size) return { items: items.slice(0, size), hasMore: true, isCut };
    return { items, hasMore, isCut };
  };
}

/** Rows of a list that is read whole at most. */
const MAX_ROWS = 2_000;

/**
 * A list that counts rows, read whole and sorted, so that it can be sought in like any other. What lies beyond the
 * bound is left out, and `onCut` is told.
 */
export function wholeReader<T>(read: Reader<T>, order: Order, onCut: () => void): Reader<T> {
  let isCut = false;
  let whole: Promise<readonly PageItem<T>[] | SourceError> | undefined;
  return async (size, after) => {
    whole ??= readAll(read, () => {
      isCut = true;
      onCut();
    });
    const rows = await whole;
    if (rows instanceof SourceError) return rows;
    const behind = rows
      .map(({ object, time, tie }) => ({ object, time, tie }))
      .sort((a, b) => comparePlaces(a, b, order))
      .filter((row) => compareFromStart(row, after, order) > 0);
    return { items: behind.slice(0, size), hasMore: behind.length > size, isCut };
  };
}

async function readAll<T>(read: Reader<T>, onCut: () => void): Promise<readonly PageItem<T>[] | SourceError> {
  const page = await read(MAX_ROWS, null);
  if (page instanceof SourceError) return page;
  const items = [...page.items];
  let { hasMore } = page;
  while (hasMore && items.length < MAX_ROWS) {
    const last = items.at(-1);
    const next = last === undefined ? undefined : await read(MAX_ROWS - items.length, placeOf(last));
    if (next instanceof SourceError) return next;
    if (next === undefined || next.items.length === 0) break;
    items.push(...next.items);
    hasMore = next.hasMore;
  }
  if (hasMore) onCut();
  return items;
}

/** One list of one source, to be read from its beginning to its end. */
export interface RowsQuery<E extends EntityName> {
  readonly source: Source;
  readonly entity: E;
  /** Null: the entity as a whole. */
  readonly relation: RelationName | null;
  /** Key of the parent; empty for an entity as a whole. */
  readonly parent: string;
  /** Only what the source applies itself. */
  readonly where: Filter<E> | null;
  readonly order: Order;
  readonly allVersions?: boolean;
  readonly fields: FieldSet;
  readonly path: readonly (string | number)[];
}

export interface Rows<E extends EntityName> {
  readonly items: readonly PageItem<Entities[E]>[];
  /** There are more: a bound was met, here or in the source, or the source has no more to give now. */
  readonly isCut: boolean;
  /** The source said itself what it left out; else whoever reads must. */
  readonly isNamed: boolean;
}

/**
 * Reads a list page by page.
 * @param take is called with each page before it is kept; false ends the reading
 */
export async function readRows<E extends EntityName>(
  context: RequestContext,
  query: RowsQuery<E>,
  take: (page: ReadPage<Entities[E]>) => boolean,
): Promise<Rows<E> | SourceError> {
  const { source, entity, relation, parent, where, order, fields, path, allVersions = false } = query;
  const first = listTerms(source, entity, relation)?.maxPage ?? 1;
  const items: PageItem<Entities[E]>[] = [];
  let isNamed = false;
  let after: Place | null = null;
  for (;;) {
    const asked = { where, order, first, after, ...(allVersions ? { allVersions } : {}) };
    const loader =
      relation === null
        ? context.loaders.lists(source, entity, asked, fields)
        : context.loaders.pages<E>(source, relation, asked, fields);
    const page = await loader.load({ key: parent, path });
    if (page instanceof SourceError) return page;
    isNamed ||= page.isCut === true;
    if (!take(page)) return { items, isCut: true, isNamed: false };
    items.push(...page.items);
    if (!page.hasMore) return { items, isCut: isNamed, isNamed };
    const last = page.items.at(-1);
    if (last === undefined) return { items, isCut: true, isNamed };
    after = placeOf(last);
  }
}
