import { isDeepStrictEqual } from 'node:util';
import { parseExactJson } from '../exact-json.ts';

/** Whether two values say the same as JSON: absent and undefined are one, and so are 0 and -0. */
export function sameJson(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

/** A value as it is now, whatever becomes of it later. */
export function plain(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : parseExactJson(text);
}
