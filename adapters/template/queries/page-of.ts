import {
  comparePlaces,
  isSliceOver,
  offsetPage,
  type Page,
  type PageQuery,
  type Paging,
  type Place,
  yieldToEventLoop,
} from '../../kit/author.ts';
import type { Row } from '../documents/documents.ts';

const STEPS = 256;

export interface PageOptions<T> {
  readonly query: Pick<PageQuery<'test'>, 'order' | 'first' | 'after'>;
  readonly paging: Paging;
  /** Null: all fit. */
  readonly fits: ((object: T) => boolean) | null;
}

/** A page of sorted rows. Only as many are looked at as the page needs, but by counting all before it. */
export async function pageOf<T>(rows: readonly Row<T>[], options: PageOptions<T>): Promise<Page<T>> {
  const { query, paging, fits } = options;
  if (paging === 'offset') {
    const fitting = fits === null ? rows : await fittingRows(rows, 0, Number.POSITIVE_INFINITY, fits);
    return offsetPage({ ...query, pageSize: 1000 }, async (offset, limit) => fitting.slice(offset, offset + limit));
  }
  const start = query.after === null ? 0 : indexAfter(rows, query.after, query.order);
  const wanted = query.first + 1;
  const found = fits === null ? rows.slice(start, start + wanted) : await fittingRows(rows, start, wanted, fits);
  const items = found.slice(0, query.first).map(({ object, time, tie }) => ({ object, time, tie }));
  return { items, hasMore: found.length > query.first };
}

/** From a row on, those that fit, until there are so many. */
export async function fittingRows<T>(
  rows: readonly Row<T>[],
  start: number,
  wanted: number,
  fits: (object: T) => boolean,
): Promise<readonly Row<T>[]> {
  const found: Row<T>[] = [];
  for (let index = start; index < rows.length && found.length < wanted; index++) {
    const row = rows[index];
    if (row !== undefined && fits(row.object)) found.push(row);
    if (index % STEPS === 0 && isSliceOver()) await yieldToEventLoop();
  }
  return found;
}

/** The first row strictly after a place, by halving. */
function indexAfter(rows: readonly Place[], after: Place, order: PageQuery<'test'>['order']): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && comparePlaces(order, row, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
