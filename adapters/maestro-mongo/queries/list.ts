import type { Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import type { Call, Page, PageItem, PageQuery, Place } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import type { HashFilter } from '../../contract/filter.ts';
import type { Entities } from '../../contract/model.ts';
import { idAt, isId, toObjectId } from '../../kit/mongo/documents.ts';
import { commitsOf } from '../checkout-index.ts';
import type { Ids } from '../ids.ts';
import { type MaestroNode, NODES_OF, type NodeEntity } from '../node.ts';
import { projectionOf } from '../projections.ts';
import { tooManyBelow } from '../tree.ts';
import {
  candidates,
  type MaestroSource,
  placeholders,
  type Translated,
  translateNodes,
  translateUntil,
} from './candidates.ts';

/** The maximum number of reads of a page, most of which find nodes that are not its objects. */
const MAX_READS = 20;
const MAX_DOCUMENTS = 2_000;

const EMPTY_PAGE = { items: [], hasMore: false };
const NO_FIELDS: ReadonlySet<string> = new Set();

/** How to list an entity. */
interface Walk<E extends NodeEntity> {
  readonly nodes: Filter<Document>;
  /** Translates nodes in their order. The objects of one node are ordered by id, so that a page can start among them. */
  toObjects(nodes: readonly MaestroNode[], source: MaestroSource, call: Call): Promise<readonly Translated<E>[]>;
  /** The id of the oldest node that can have objects; null if there are none. */
  start?(source: MaestroSource, call: Call): Promise<ObjectId | null>;
}

const WALKS: { readonly [E in NodeEntity]: Walk<E> } = {
  checkout: {
    nodes: NODES_OF.checkout,
    toObjects: (nodes, source, call) => translateNodes('checkout', nodes, source, call),
  },
  // Placeholders are listed at the place of their checkouts.
  build: {
    nodes: { $or: [NODES_OF.build, NODES_OF.checkout] },
    toObjects: buildsAmong,
    start: (source, call) => source.descendants.firstCheckout(call),
  },
  test: { nodes: NODES_OF.test, toObjects: (nodes, source, call) => translateNodes('test', nodes, source, call) },
};

/** A page ordered by `_id`, nearly the order of creation. The mark of an item is the `_id` of its node. */
export async function listNodes<E extends NodeEntity>(
  entity: E,
  query: PageQuery<E>,
  source: MaestroSource,
  call: Call,
): Promise<Page<Entities[E]>> {
  const selected = await selection(query.where, source, call);
  if (selected === null) return EMPTY_PAGE;
  const { filter, isPartial, isById } = selected;
  const walk: Walk<E> = WALKS[entity];
  const order = query.order === 'NEWEST' ? -1 : 1;
  const items: PageItem<Entities[E]>[] = [];
  let range = query.after === null ? {} : rangeAfter(query.after, order, source.translation.ids);
  if (query.after === null && order === 1 && walk.start !== undefined) {
    const { isSmall } = await source.stats.get(call);
    const start = isSmall ? undefined : await walk.start(source, call);
    if (start === null) return EMPTY_PAGE;
    if (start !== undefined) range = { _id: { $gte: start } };
  }
  let limit = query.first;
  for (let reads = 0; reads < MAX_READS; reads++) {
    const read = await source.client.find(
      { $and: [walk.nodes, filter, range] },
      {
        projection: projectionOf(entity, call.fields),
        sort: { _id: order },
        limit: limit + 1,
        ...(isById ? { hint: { _id: 1 } } : {}),
      },
      call,
    );
    for (const { node, object } of await walk.toObjects(read.nodes, source, call)) {
      if (query.after !== null && isAlreadyListed(object.id, query.after, source.translation.ids)) continue;
      if (items.length === query.first) return { items, hasMore: true };
      items.push({ object, time: node.created, tie: object.id, mark: node.id });
    }
    if (!read.isCut || read.last === null)
      return { items, hasMore: isPartial, ...(isPartial && { pending: true as const }) };
    range = { _id: { [order === -1 ? '$lt' : '$gt']: toObjectId(read.last) } };
    limit = Math.min(2 * limit, MAX_DOCUMENTS);
  }
  if (items.length > 0) return { items, hasMore: true };
  call.warn(new SourceError('SOURCE_TRUNCATED', `Among many nodes none was found that is a ${entity}: the list ends.`));
  return EMPTY_PAGE;
}

/** The kbuilds among the nodes, and the placeholders of the checkouts among them, each at the place of its node. */
async function buildsAmong(
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
): Promise<readonly Translated<'build'>[]> {
  const checkouts = nodes.filter(({ entity }) => entity === 'checkout');
  source.lineage.add(checkouts, false);
  const options = { entity: 'test', fields: NO_FIELDS, order: -1, call } as const;
  const stats = await source.stats.get(call);
  const ids = checkouts.map(({ id }) => id);
  const below = ids.length === 0 ? null : await source.descendants.tests(ids, { ...options, stats });
  if (below?.isCut) call.warn(tooManyBelow());
  const made = Map.groupBy(
    [...(await candidates('build', nodes, source, call)), ...placeholders(checkouts, below?.nodes ?? [], source, call)],
    ({ node }) => node.id,
  );
  const inOrder = nodes.flatMap(({ id }) => made.get(id) ?? []);
  return await translateUntil(inOrder, inOrder.length, () => true);
}

/** The query for the filter; null if it can match nothing. */
async function selection(where: { readonly gitCommitHash?: HashFilter } | null, source: MaestroSource, call: Call) {
  const hash = where?.gitCommitHash;
  if (hash === undefined || hash === null) {
    const all: Filter<Document> = {};
    return { filter: all, isPartial: false, isById: true };
  }
  const commits = commitsOf(hash);
  return commits === null ? null : await source.byCommit.query(commits, call);
}

/** The range after the item's node, which may be gone. The checkout of a placeholder can have more placeholders. */
function rangeAfter(after: Place, order: 1 | -1, ids: Ids): Filter<Document> {
  const id = idOfPlace(after, ids);
  if (id === null) return {};
  const operator = order === -1 ? '$lt' : '$gt';
  return { _id: { [ids.parse(after.tie)?.kind === 'dummy' ? `${operator}e` : operator]: toObjectId(id) } };
}

/** Whether an object is the item, or an earlier placeholder of the same checkout. */
function isAlreadyListed(id: string, { tie }: Place, ids: Ids): boolean {
  const [own, last] = [ids.parse(id), ids.parse(tie)];
  return own?.kind === 'dummy' && last?.kind === 'dummy' && own.checkout === last.checkout && id <= tie;
}

function idOfPlace({ mark, tie, time }: Place, ids: Ids): string | null {
  if (mark !== undefined && isId(mark)) return mark;
  const parsed = ids.parse(tie);
  if (parsed !== null) return parsed.kind === 'dummy' ? parsed.checkout : parsed.node;
  return time === null ? null : idAt(Date.parse(time)).toHexString();
}
