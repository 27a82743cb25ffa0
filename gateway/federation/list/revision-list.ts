import { fitsKeys } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { matches } from '../../../adapters/contract/filter.ts';
import type { Checkout } from '../../../adapters/contract/model.ts';
import { type FieldSet, fieldSet } from '../field-set.ts';
import { type RevisionId, revisionKey, revisionOf } from '../identity.ts';
import { Budget, MAX_PAGE_REQUESTS, type RequestContext } from '../request.ts';
import { joinRevisions, type ShownRevision } from '../revisions.ts';
import { fieldsRead, relationSource, splitFilter } from '../source-plan.ts';
import {
  asksForPage,
  type Connection,
  type ConnectionRequest,
  cursorsOf,
  NO_PAGE_INFO,
  shownPage,
} from './connection.ts';
import { comparePlaces, type SortKey } from './cursor.ts';
import { type Candidate, type MergeSource, mergePages } from './k-way-merge.ts';
import { mergeSource } from './list.ts';
import { planLists } from './plan.ts';
import type { ListedSource, ListPlace } from './query.ts';

type Request = ConnectionRequest<'checkout'>;

/** Where a copy of a checkout stands: of equal places the first by priority. */
interface Standing extends SortKey {
  readonly index: number;
}

/**
 * The list of checkouts, folded: a revision stands where its newest matching checkout does, in both orders. All other
 * checkouts of it are passed over.
 */
export async function revisionConnection(
  context: RequestContext,
  request: Request,
  place: ListPlace,
): Promise<Connection<ShownRevision>> {
  const { subject, first, selection, after } = request;
  const cursors = cursorsOf(request);
  if (request.isNothing) {
    const pageInfo = { ...NO_PAGE_INFO, hasPreviousPage: after !== null, endCursor: after };
    return { edges: [], nodes: [], pageInfo, totalCount: 0 };
  }
  const isSkipped = !asksForPage(selection) || (first === 0 && !selection.fields.has('pageInfo'));
  if (isSkipped) return { edges: [], nodes: [], pageInfo: NO_PAGE_INFO, totalCount: null };
  const [plan] = await planLists(context, subject, [place]);
  const listed = plan?.sources ?? [];
  const fields = fieldSet('checkout', ['gitCommitHash', 'patchsetHash'], fieldsRead('checkout', subject.where));
  const page = await mergePages({
    sources: listed.map((one) => foldedSource(context, request, place, one, fields)),
    first,
    order: subject.order,
    from: cursors.from,
    settle: (candidates, down) => {
      const asked = listed.map((one, index) => (down.has(index) ? null : one));
      return leadingCheckouts(context, request, place, asked, fields, candidates);
    },
  });
  const selected = new Set([...selection.below('nodes').fields, ...selection.below('edges').below('node').fields]);
  const asked = page.edges.map(({ shown: id }) => ({ id, path: place.path }));
  const nodes = await joinRevisions(context, { scope: subject.scope, selected, isKnown: true }, asked);
  const known = nodes.filter((node) => node !== null);
  return { ...shownPage(request, page, known, cursors), totalCount: null };
}

/** The source's checkouts by revision; those that do not say which commit they are have none. */
function foldedSource(
  context: RequestContext,
  { subject }: Request,
  place: ListPlace,
  listed: ListedSource<'checkout'>,
  fields: FieldSet,
): MergeSource<Checkout> {
  const source = mergeSource(context, subject, place, listed, fields, new Budget(MAX_PAGE_REQUESTS));
  return {
    ...source,
    read: async (size, after) => {
      const page = await source.read(size, after);
      if (page === null) return null;
      const rows = page.rows.map((row) => {
        const id = revisionOf(row.object);
        return id === null ? { ...row, fits: false } : { ...row, identity: revisionKey(id) };
      });
      return { rows, hasMore: page.hasMore };
    },
  };
}

async function leadingCheckouts(
  context: RequestContext,
  request: Request,
  place: ListPlace,
  listed: readonly (ListedSource<'checkout'> | null)[],
  fields: FieldSet,
  candidates: readonly Candidate<Checkout>[],
): Promise<readonly (RevisionId | null)[]> {
  const leaders = new Map<string, Standing>();
  const stand = (identity: string, standing: Standing) => {
    const leader = leaders.get(identity);
    if (leader === undefined || compareStandings(standing, leader) < 0) leaders.set(identity, standing);
  };
  for (const { source, row } of candidates) stand(row.identity, { time: row.time, tie: row.tie, index: source });
  const revisions = [...leaders.keys()];
  await Promise.all(
    listed.map(async (one, index) => {
      if (one === null) return;
      const newest = await Promise.all(
        revisions.map((key) => newestMatching(context, request, place, one, fields, key)),
      );
      newest.forEach((key, at) => {
        if (key !== null) stand(revisions[at]!, { ...key, index });
      });
    }),
  );
  return candidates.map(({ source, row }) => {
    const leader = leaders.get(row.identity);
    return leader?.index === source && leader.tie === row.tie ? revisionOf(row.object) : null;
  });
}

function compareStandings(a: Standing, b: Standing): number {
  return comparePlaces(a, b, 'NEWEST') || a.index - b.index;
}

/** Checkouts that are looked through for the newest that fits, where the source does not filter itself. */
const LOOKED_THROUGH = 50;

/** Where the newest checkout of a revision that fits stands in a source; null where there is none, or it is not known. */
async function newestMatching(
  context: RequestContext,
  { subject }: Request,
  place: ListPlace,
  { source }: ListedSource<'checkout'>,
  fields: FieldSet,
  revision: string,
): Promise<SortKey | null> {
  const relation = 'checkoutsOfRevision';
  const below = relationSource<'checkout'>(source, relation);
  const list = below?.list;
  if (!list?.order.includes('NEWEST') || !fitsKeys(below?.keys, revision)) return null;
  const { pushed, residual } = splitFilter(subject.scope, source, 'checkout', list.filters, subject.where);
  const first = residual === null ? 1 : Math.min(list.maxPage, LOOKED_THROUGH);
  const query = { where: pushed, order: 'NEWEST', first, after: null } as const;
  const asked = { key: revision, path: place.path };
  const page = await context.loaders.pages<'checkout'>(source, relation, query, fields).load(asked);
  if (page instanceof SourceError) {
    context.report.fail(source.name, page, place.path);
    return null;
  }
  const newest = page.items.find(({ object }) => matches('checkout', object, residual) === true);
  return newest === undefined ? null : { time: newest.time, tie: newest.tie };
}
