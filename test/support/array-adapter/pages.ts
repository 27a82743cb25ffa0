import { createHash } from 'node:crypto';
import type { Order, Page, Paging, Place } from '../../../adapters/contract/adapter.ts';
import type { Row } from './rows.ts';

export interface PageOf {
  readonly order: Order;
  readonly paging: Paging;
  /** `offset` only: rows come as they arrived, not by time. */
  readonly arrival: boolean;
  readonly first: number;
  readonly after: Place | null;
}

/** Orders two places: by time, null last in both orders, then by tie in UTF-8 bytes, ascending in both. */
export function comparePlaces(order: Order, one: Place, other: Place): number {
  if (one.time !== other.time) {
    if (one.time === null) return 1;
    if (other.time === null) return -1;
    return one.time < other.time === (order === 'OLDEST') ? -1 : 1;
  }
  return Buffer.compare(Buffer.from(one.tie), Buffer.from(other.tie));
}

/** A page of rows, each with its place. */
export function pageOf<T>(rows: readonly Row<T>[], query: PageOf): Page<T> {
  const arrived = query.paging === 'offset' && query.arrival;
  const sorted = arrived
    ? query.order === 'NEWEST'
      ? rows.toReversed()
      : rows
    : rows.toSorted((one, other) => comparePlaces(query.order, one, other));
  const start = query.after === null ? 0 : indexAfter(sorted, query, query.after);
  const items = sorted.slice(start, start + query.first).map((row, offset) => {
    const item = { object: row.object, time: row.time, tie: row.tie };
    return query.paging === 'offset' ? { ...item, mark: markOf(sorted, start + offset) } : item;
  });
  return { items, hasMore: start + items.length < sorted.length };
}

function indexAfter(sorted: readonly Place[], query: PageOf, after: Place): number {
  if (query.paging === 'offset') {
    const taken = sorted.findIndex((row) => row.tie === after.tie && row.time === after.time);
    if (taken !== -1) return taken + 1;
    const [, ...before] = (after.mark ?? '').split('.');
    for (const hash of before) {
      const left = sorted.findIndex((row) => hashOf(row) === hash);
      if (left !== -1) return left + 1;
    }
  }
  const next = sorted.findIndex((row) => comparePlaces(query.order, row, after) > 0);
  return next === -1 ? sorted.length : next;
}

/** The offset, and hashes of the two rows before: by them the place is found when the row itself is gone. */
function markOf(sorted: readonly Place[], index: number): string {
  const before = [sorted[index - 1], sorted[index - 2]].filter((row) => row !== undefined);
  return [String(index), ...before.map(hashOf)].join('.');
}

function hashOf(row: Place): string {
  return createHash('sha1').update(`${row.time}\n${row.tie}`).digest('base64url').slice(0, 16);
}
