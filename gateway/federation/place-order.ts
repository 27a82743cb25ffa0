import type { Order, Place } from '../../adapters/adapter.ts';

/** Where an object stands in a list: by time, and within one time by tie. */
export type SortKey = Pick<Place, 'time' | 'tie'>;

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Compares as UTF-8 bytes do, which is the order of code points; JavaScript's own puts surrogates before U+E000. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left === right) continue;
    if (isSurrogate(left) !== isSurrogate(right)) return isSurrogate(left) ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

/** Negative where `a` comes first. No time comes last in both orders, ties ascend in both. */
export function comparePlaces(a: SortKey, b: SortKey, order: Order): number {
  if (a.time !== b.time) {
    if (a.time === null) return 1;
    if (b.time === null) return -1;
    const earlier = a.time < b.time ? -1 : 1;
    return order === 'OLDEST' ? earlier : -earlier;
  }
  return compareUtf8(a.tie, b.tie);
}

/** The same for places that may be the start of the list, which is null and before all. */
export function compareFromStart(a: SortKey | null, b: SortKey | null, order: Order): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return comparePlaces(a, b, order);
}
