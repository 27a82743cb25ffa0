import type { EntityName } from '../../../adapters/contract/model.ts';
import { countList } from '../counts.ts';
import { type FieldSet, fieldSet, type Selection } from '../field-set.ts';
import { completeCopies } from '../lookup.ts';
import { mergeObjects, NO_COUNTS, type Shown, type StatusSummary, summarise } from '../merge.ts';
import type { RequestContext } from '../request.ts';
import { type CursorState, decodeCursor, encodeCursor, START, subjectHash } from './cursor.ts';
import { type ListPage, listPage } from './list.ts';
import { planLists } from './plan.ts';
import type { ListPlace, ListPlan, ListSubject } from './query.ts';

/** What is selected of a connection decides what is asked of the sources. */
export interface Connection<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
  /** Of builds and tests. */
  readonly statusCounts?: StatusSummary | null;
}

export const NO_PAGE_INFO = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null } as const;

/** What a field asks of a list, the same for all its parents. */
export interface ConnectionRequest<E extends EntityName> {
  /** Such as `Build.tests`: cursors belong to it. */
  readonly field: string;
  readonly subject: ListSubject<E>;
  /** 0 to 500. */
  readonly first: number;
  readonly after: string | null;
  readonly selection: Selection;
  /** The filter fits nothing, whatever there is: no source is asked. */
  readonly isNothing: boolean;
}

/** Connections below all parents of a level at once, so that their calls are shared. */
export async function connections<E extends EntityName>(
  context: RequestContext,
  request: ConnectionRequest<E>,
  places: readonly ListPlace[],
): Promise<readonly Connection<Shown<E>>[]> {
  const cursors = cursorsOf(request);
  const fields = nodeFields(request);
  if (request.isNothing) return places.map(() => emptyConnection(request));
  const plans = await planLists(context, request.subject, places);
  return await context.work.mapAsync(places, async (place, index) => {
    const plan = plans[index]!;
    const [page, counts] = await Promise.all([
      connectionPage(context, request, place, plan, fields, cursors),
      connectionCounts(context, request, place, plan),
    ]);
    return { ...page, ...counts };
  });
}

export interface Cursors {
  readonly from: CursorState;
  encode(end: CursorState): string;
}

/** @throws {GraphQLError} BAD_CURSOR */
export function cursorsOf<E extends EntityName>(request: ConnectionRequest<E>): Cursors {
  const { field, subject, after, isNothing } = request;
  const { order, allVersions } = subject;
  const where = isNothing ? 'nothing' : subject.where;
  const names = subject.scope.sources.map((source) => source.name);
  const hash = subjectHash({ field, order, where, allVersions, sources: names });
  const from = after === null ? START : decodeCursor(after, hash, new Set(names));
  return { from, encode: (end) => encodeCursor(end, hash) };
}

function nodeFields<E extends EntityName>({ subject, selection }: ConnectionRequest<E>): FieldSet {
  const selected = [...selection.below('nodes').fields, ...selection.below('edges').below('node').fields];
  return fieldSet(subject.entity, selected);
}

/** A page is read only for what shows it. */
export function asksForPage({ fields }: Selection): boolean {
  return fields.has('edges') || fields.has('nodes') || fields.has('pageInfo');
}

async function connectionPage<E extends EntityName>(
  context: RequestContext,
  request: ConnectionRequest<E>,
  place: ListPlace,
  plan: ListPlan<E>,
  fields: FieldSet,
  cursors: Cursors,
): Promise<Pick<Connection<Shown<E>>, 'edges' | 'nodes' | 'pageInfo'>> {
  const { subject, first, selection } = request;
  const isSkipped = !asksForPage(selection) || (first === 0 && !selection.fields.has('pageInfo'));
  if (isSkipped) return { edges: [], nodes: [], pageInfo: NO_PAGE_INFO };
  const page = await listPage(context, subject, place, plan, { first, from: cursors.from, fields });
  const copies = await completeCopies(context, subject, place, plan.sources, fields, page.edges);
  if (context.work.isSliceOver) await context.work.giveWay();
  const nodes = copies.map((one) => mergeObjects(subject.entity, one, fields, subject.scope));
  return shownPage(request, page, nodes, cursors);
}

/** The page as it is selected: cursors are made only where they are shown. */
export function shownPage<E extends EntityName, T, S>(
  { after, selection }: ConnectionRequest<E>,
  page: ListPage<S>,
  nodes: readonly T[],
  { from, encode }: Cursors,
): Pick<Connection<T>, 'edges' | 'nodes' | 'pageInfo'> {
  const cursorAt = (index: number) => encode(page.edges[index]!.end);
  const showsEdges = selection.fields.has('edges');
  const edges = showsEdges ? nodes.map((node, index) => ({ node, cursor: cursorAt(index) })) : [];
  if (!selection.fields.has('pageInfo')) return { edges, nodes, pageInfo: NO_PAGE_INFO };
  const isUnmoved = page.end === from && after === null && !page.hasNext && page.edges.length === 0;
  const pageInfo = {
    hasNextPage: page.hasNext,
    hasPreviousPage: after !== null,
    startCursor: nodes.length === 0 ? null : cursorAt(0),
    // Of a list without anything there is nowhere to go on; a source that failed keeps its place at the start.
    endCursor: isUnmoved && page.end.places.size === 0 ? null : encode(page.end),
  };
  return { edges, nodes, pageInfo };
}

function emptyConnection<E extends EntityName>(request: ConnectionRequest<E>): Connection<Shown<E>> {
  const pageInfo = { ...NO_PAGE_INFO, hasPreviousPage: request.after !== null, endCursor: request.after };
  return { edges: [], nodes: [], pageInfo, totalCount: 0, ...countsShown(request, NO_COUNTS) };
}

async function connectionCounts<E extends EntityName>(
  context: RequestContext,
  request: ConnectionRequest<E>,
  place: ListPlace,
  plan: ListPlan<E>,
): Promise<Pick<Connection<never>, 'totalCount' | 'statusCounts'>> {
  const needsStatuses = request.selection.fields.has('statusCounts');
  if (!needsStatuses && !request.selection.fields.has('totalCount')) return { totalCount: null };
  const counts = await countList(context, request.subject, place, plan, needsStatuses);
  return { totalCount: counts?.total ?? null, ...countsShown(request, counts) };
}

function countsShown<E extends EntityName>(
  { selection }: ConnectionRequest<E>,
  counts: Parameters<typeof summarise>[0] | null,
): Pick<Connection<never>, 'statusCounts'> {
  if (!selection.fields.has('statusCounts')) return {};
  return { statusCounts: counts === null ? null : summarise(counts) };
}
