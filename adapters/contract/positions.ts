import type { Order, Place } from './adapter.ts';

/** Orders places as every list does: by time, what has none last in both orders, then by tie, ascending in both. */
export function comparePlaces(order: Order, one: Place, other: Place): number {
  if (one.time !== other.time) {
    if (one.time === null) return 1;
    if (other.time === null) return -1;
    return one.time < other.time === (order === 'OLDEST') ? -1 : 1;
  }
  return compareBytes(one.tie, other.tie);
}

/** Compares texts as their UTF-8 bytes compare. */
export function compareBytes(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (left !== right) return rank(left) - rank(right);
  }
  return one.length - other.length;
}

/** Surrogates stand for characters above all that one unit can hold, yet lie below U+E000 as units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
