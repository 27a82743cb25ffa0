import { createHash } from 'node:crypto';
import type { Order, Place } from '../../../adapters/contract/adapter.ts';
import { parseRfc3339 } from '../../../adapters/contract/time-and-url.ts';
import { clientError } from '../source-report.ts';

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

/** How far a merged list has been read. */
export interface CursorState {
  /** The furthest place taken of the sources that seek by it; null is the start. */
  readonly furthest: SortKey | null;
  /** Sources that stand elsewhere: those that count rows, and those that failed and have not caught up. */
  readonly places: ReadonlyMap<string, Place | null>;
}

export const START: CursorState = { furthest: null, places: new Map() };

/** What a cursor belongs to: with any other list it is refused. */
export interface CursorSubject {
  /** Such as `Build.tests`. */
  readonly field: string;
  readonly order: Order;
  readonly where: unknown;
  readonly allVersions: boolean;
  /** Names of the sources that may be read. */
  readonly sources: readonly string[];
}

/** Far above what sources of sane ids need. */
const MAX_LENGTH = 262_144;
const MAX_MARK = 100;

export function subjectHash(subject: CursorSubject): string {
  const { field, order, where, allVersions, sources } = subject;
  const text = JSON.stringify([field, order, inKeyOrder(where), allVersions, [...sources].sort()]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Filters nest two levels; lists keep their order. */
function inKeyOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, inKeyOrder(item)]);
}

export function encodeCursor({ furthest, places }: CursorState, hash: string): string {
  const at = [...places].map(([name, place]) => [name, ...(place === null ? [] : placeFields(place))]);
  const text = JSON.stringify([hash, furthest === null ? null : [furthest.time, furthest.tie], ...at]);
  return Buffer.from(text, 'utf8').toString('base64url');
}

function placeFields(place: Place): readonly (string | null)[] {
  return place.mark === undefined ? [place.time, place.tie] : [place.time, place.tie, place.mark];
}

/**
 * @param names the sources that may be read
 * @throws {GraphQLError} BAD_CURSOR where it was damaged or made for another list
 */
export function decodeCursor(cursor: string, hash: string, names: ReadonlySet<string>): CursorState {
  const parts = cursorParts(cursor);
  if (parts === null) throw badCursor('is not one that this server gave');
  const [made, furthest, ...at] = parts;
  if (made !== hash) throw badCursor('belongs to another list: field, filter, orderBy and sources must stay the same');
  const places = new Map<string, Place | null>();
  for (const entry of at) {
    const [name, place] = namedPlace(entry);
    if (name === null || !names.has(name) || places.has(name)) throw badCursor('is not one that this server gave');
    places.set(name, place);
  }
  const key = furthest === null ? null : placeOf(furthest);
  if (key === undefined || key?.mark !== undefined) throw badCursor('is not one that this server gave');
  return { furthest: key, places };
}

function badCursor(why: string) {
  return clientError('BAD_CURSOR', `The cursor in "after" ${why}; begin again without it.`);
}

function cursorParts(cursor: string): readonly unknown[] | null {
  if (cursor.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const bytes = Buffer.from(cursor, 'base64url');
  // What decodes to the same bytes in two spellings was changed on the way.
  if (bytes.toString('base64url') !== cursor) return null;
  try {
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(parts) && parts.length >= 2 ? parts : null;
  } catch {
    return null;
  }
}

function namedPlace(entry: unknown): readonly [name: string | null, place: Place | null] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return [null, null];
  if (entry.length === 1) return [entry[0], null];
  const place = placeOf(entry.slice(1));
  return place === undefined ? [null, null] : [entry[0], place];
}

function placeOf(value: unknown): Place | undefined {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return undefined;
  const [time, tie, mark]: readonly unknown[] = value;
  if (time !== null && (typeof time !== 'string' || time.length !== 27 || parseRfc3339(time) === null))
    return undefined;
  if (typeof tie !== 'string' || !tie.isWellFormed() || tie.includes('\0')) return undefined;
  if (value.length === 2) return { time, tie };
  if (typeof mark !== 'string' || Buffer.byteLength(mark) > MAX_MARK) return undefined;
  return { time, tie, mark };
}
