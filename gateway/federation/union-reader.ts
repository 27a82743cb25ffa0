import type { Order, PageItem, Place } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Reader } from './list-subject.ts';
import { compareFromStart, comparePlaces } from './place-order.ts';
import { placeOf } from './source-reader.ts';

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
