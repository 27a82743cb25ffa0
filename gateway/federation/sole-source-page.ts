import type { Order, Place } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import { Budget, MAX_PAGE_REQUESTS } from './budget.ts';
import type { CursorState } from './cursor.ts';
import type { ListPage, PageRequest } from './list-page.ts';
import type { ListedSource, ListPlace } from './list-subject.ts';
import type { Copy } from './merge-objects.ts';
import { compareFromStart } from './place-order.ts';
import type { RequestContext } from './request-context.ts';
import { placeOf } from './source-reader.ts';

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
