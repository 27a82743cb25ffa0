import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { Call, Page, PageItem, PageQuery, Place } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import type { HashFilter } from '../../filter.ts';
import { idAt, isId, toObjectId } from '../../kit/mongo/values.ts';
import type { Entities } from '../../model.ts';
import { commitsOf } from '../checkouts/commits.ts';
import type { Ids } from '../ids.ts';
import { NODES_OF } from '../nodes/kinds.ts';
import type { NodeEntity } from '../nodes/node.ts';
import { projectionOf } from '../nodes/projections.ts';
import type { MaestroSource } from './source.ts';
import { translateNodes } from './translate-nodes.ts';

/** A page goes on so often past nodes that are none of its objects. */
const MAX_READS = 20;
const MAX_DOCUMENTS = 2_000;

const EMPTY = { items: [], hasMore: false };

/** A page in the order of `_id`, which is that of creation but for moments. The mark of an item is its `_id`. */
export async function listNodes<E extends NodeEntity>(
  entity: E,
  query: PageQuery<E>,
  source: MaestroSource,
  call: Call,
): Promise<Page<Entities[E]>> {
  const selected = await selection(query.where, source, call);
  if (selected === null) return EMPTY;
  const { filter, isPartial, isById } = selected;
  const order = query.order === 'NEWEST' ? -1 : 1;
  const items: PageItem<Entities[E]>[] = [];
  let after = query.after === null ? null : idOfPlace(query.after, source.translation.ids);
  let limit = query.first;
  for (let reads = 0; reads < MAX_READS; reads++) {
    const range = after === null ? {} : { _id: { [order === -1 ? '$lt' : '$gt']: toObjectId(after) } };
    const read = await source.client.find(
      { $and: [NODES_OF[entity], filter, range] },
      {
        projection: projectionOf(entity, call.fields),
        sort: { _id: order },
        limit: limit + 1,
        ...(isById ? { hint: { _id: 1 } } : {}),
      },
      call,
    );
    for (const { node, object } of await translateNodes<E>(entity, read.nodes, source, call)) {
      if (items.length === query.first) return { items, hasMore: true };
      items.push({ object, time: node.created, tie: source.translation.ids.ofNode(node.id), mark: node.id });
    }
    if (!read.isCut || read.last === null) return { items, hasMore: isPartial };
    after = read.last;
    limit = Math.min(2 * limit, MAX_DOCUMENTS);
  }
  if (items.length > 0) return { items, hasMore: true };
  call.warn(new SourceError('SOURCE_TRUNCATED', `Among many nodes none was found that is a ${entity}: the list ends.`));
  return EMPTY;
}

/** Which of the entity's nodes the filter leaves; null: none. */
async function selection(where: { readonly gitCommitHash?: HashFilter } | null, source: MaestroSource, call: Call) {
  const asked = where?.gitCommitHash;
  if (asked === undefined || asked === null) {
    const all: Filter<Document> = {};
    return { filter: all, isPartial: false, isById: true };
  }
  const commits = commitsOf(asked);
  return commits === null ? null : await source.byCommit.query(commits, call);
}

/** Where a list goes on: behind the item's own node, whether it is still there or not. */
function idOfPlace({ mark, tie, time }: Place, ids: Ids): string | null {
  if (mark !== undefined && isId(mark)) return mark;
  return ids.nodeOf(tie) ?? (time === null ? null : idAt(Date.parse(time)).toHexString());
}
