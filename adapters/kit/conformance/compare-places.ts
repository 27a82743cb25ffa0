import type { Order, Place } from '../../adapter.ts';

/** Sorts places as the contract says: by time, null last in both orders, then by tie in UTF-8 bytes, ascending in both. */
export function comparePlaces(order: Order, one: Place, other: Place): number {
  if (one.time !== other.time) {
    if (one.time === null || other.time === null) return one.time === null ? 1 : -1;
    return one.time < other.time === (order === 'OLDEST') ? -1 : 1;
  }
  return Buffer.compare(Buffer.from(one.tie), Buffer.from(other.tie));
}
