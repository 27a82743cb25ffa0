import { type Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import { type Call, comparePlaces, type Order, type Page, type PageItem, type Place } from '../../kit/author.ts';
import type { FindQuery } from '../../kit/mongo/client.ts';
import { timeOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Collection, Statements } from '../client.ts';
import { warnOfInvalidRecord } from '../translate.ts';

export interface ChildPage<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}

/** A page of the children of one parent after a place, from all its children. */
export function childPage<T extends Place>(
  children: readonly T[],
  { order, first, after }: { readonly order: Order; readonly first: number; readonly after: Place | null },
): ChildPage<T> {
  const behind = after === null ? children : children.filter((child) => comparePlaces(order, child, after) > 0);
  const sorted = behind.toSorted((one, other) => comparePlaces(order, one, other));
  return { rows: sorted.slice(0, first), hasMore: sorted.length > first };
}

const MAX_FETCHES = 12;
const MAX_ROWS = 500;

export interface Rows<R extends Place> {
  readonly rows: readonly R[];
  readonly hasMore: boolean;
}

/**
 * A page of valid objects. It skips invalid rows and reads more instead, in growing steps, so that a page is either full
 * or the last.
 */
export async function readablePage<R extends Place, T>(
  { first, after }: { readonly first: number; readonly after: Place | null },
  fetch: (stretch: { readonly first: number; readonly after: Place | null }) => Promise<Rows<R>>,
  translate: (rows: readonly R[]) => Promise<ReadonlyMap<string, T>>,
): Promise<Page<T>> {
  const items: PageItem<T>[] = [];
  let place = after;
  let size = first;
  for (let round = 0; round < MAX_FETCHES; round++) {
    const { rows, hasMore } = await fetch({ first: size, after: place });
    const objects = await translate(rows);
    for (const { time, tie } of rows) {
      const object = objects.get(tie);
      if (object !== undefined) items.push({ object, time, tie });
    }
    if (items.length >= first || !hasMore) {
      return { items: items.slice(0, first), hasMore: hasMore || items.length > first };
    }
    place = rows.at(-1) ?? place;
    size = Math.min(MAX_ROWS, 2 * size);
  }
  return { items, hasMore: true };
}

/** With these extra rows most pages end between two times, so that one statement is enough. */
const SPARE_ROWS = 8;
const MAX_READS = 20;

/** A list ordered by `created_on`, with which an index of the collection begins, then by id. */
export interface TimeList {
  readonly collection: Collection;
  /** The prefix of ids; the `_id` follows. */
  readonly prefix: string;
  readonly filter: Filter<Document>;
  readonly projection: Readonly<Record<string, 1>>;
  readonly order: Order;
  /** Documents without a time can match. */
  readonly withoutTime: boolean;
  /** The index to use if it is not the one by time: the server then sorts the matches. */
  readonly hint?: FindQuery['hint'];
}

export interface TimeRow extends Place {
  readonly hex: string;
  readonly document: Document;
}

export interface TimeRows {
  readonly rows: readonly TimeRow[];
  readonly hasMore: boolean;
}

/** At most `first` rows strictly after a place. */
export async function timePage(
  list: TimeList,
  { first, after }: { readonly first: number; readonly after: Place | null },
  statements: Statements,
  call: Pick<Call, 'warn'>,
): Promise<TimeRows> {
  const rows: TimeRow[] = [];
  let place: Place | null = after;
  for (let round = 0; round < MAX_READS; round++) {
    const { found, isEnd } = await nextRows(list, place, first + 1 - rows.length, statements);
    for (const row of found) {
      if (row.document._id instanceof ObjectId) rows.push(row);
      else
        warnOfInvalidRecord(call, row.hex, 'its `_id` is not of the type that the system gives, and it is left out.');
    }
    const last = found.at(-1);
    if (isEnd || rows.length > first) return { rows: rows.slice(0, first), hasMore: rows.length > first };
    if (last !== undefined) place = last;
    else if (place === null || place.time !== null) place = { time: null, tie: '' };
  }
  return { rows: rows.slice(0, first), hasMore: true };
}

interface NextRows {
  readonly found: readonly TimeRow[];
  readonly isEnd: boolean;
}

/** The next rows: those with the same time as the place, then those with later times, then those without a time. */
async function nextRows(
  list: TimeList,
  place: Place | null,
  wanted: number,
  statements: Statements,
): Promise<NextRows> {
  if (place?.time === null) return await rowsWithoutTime(list, place.tie, wanted, statements);
  const at = place === null ? null : instantOf(place.time);
  if (place !== null && at?.isExact) {
    const rows = await rowsAt(list, at.time, idsAfterTie(list.prefix, place.tie), wanted, statements);
    if (rows.length >= wanted) return { found: rows, isEnd: false };
    const more = await rowsBehind(list, at, wanted - rows.length, statements);
    return { found: [...rows, ...more.found], isEnd: more.isEnd };
  }
  return await rowsBehind(list, at, wanted, statements);
}

/** Rows after a time. The last of them may share their time with rows that were not read. */
async function rowsBehind(
  list: TimeList,
  at: Instant | null,
  wanted: number,
  statements: Statements,
): Promise<NextRows> {
  const isNewest = list.order === 'NEWEST';
  const limit = wanted + SPARE_ROWS;
  const filter = allOf(list.filter, { created_on: isNewest ? earlierThan(at) : laterThan(at) });
  const sort = { created_on: isNewest ? (-1 as const) : (1 as const) };
  const { projection, collection } = list;
  const { documents, isCut } = await statements.find(collection, filter, { projection, sort, limit, ...hintOf(list) });
  const rows = sortTies(documents.map((document) => rowOf(list, document)));
  if (!isCut) {
    const rest =
      rows.length < wanted && list.withoutTime
        ? await rowsWithoutTime(list, '', wanted - rows.length, statements)
        : null;
    return { found: [...rows, ...(rest?.found ?? [])], isEnd: rest?.isEnd ?? rows.length < wanted };
  }
  const last = rows.at(-1)?.time ?? null;
  const whole = rows.filter(({ time }) => time !== last);
  if (whole.length >= wanted || last === null) return { found: whole, isEnd: false };
  const ties = await rowsAt(list, new Date(last), null, wanted - whole.length, statements);
  return { found: [...whole, ...ties], isEnd: false };
}

async function rowsAt(
  list: TimeList,
  time: Date,
  bound: IdBound,
  wanted: number,
  statements: Statements,
): Promise<readonly TimeRow[]> {
  if (bound === 'none' || time < FIRST_TIME || time > LAST_TIME) return [];
  const filter = allOf(list.filter, { created_on: time, ...(bound === null ? {} : { _id: bound }) });
  const query = { projection: list.projection, sort: { _id: 1 as const }, limit: wanted, ...hintOf(list) };
  const { documents } = await statements.find(list.collection, filter, query);
  return documents.map((document) => rowOf(list, document));
}

async function rowsWithoutTime(list: TimeList, tie: string, wanted: number, statements: Statements): Promise<NextRows> {
  const bound = idsAfterTie(list.prefix, tie);
  if (bound === 'none' || !list.withoutTime) return { found: [], isEnd: true };
  const none = [{ created_on: null }, { created_on: { $gt: LAST_TIME } }, { created_on: { $lt: FIRST_TIME } }];
  const filter = allOf(list.filter, { $or: none, ...(bound === null ? {} : { _id: bound }) });
  const query = { projection: list.projection, sort: { _id: 1 as const }, limit: wanted, ...hintOf(list) };
  const { documents, isCut } = await statements.find(list.collection, filter, query);
  return { found: documents.map((document) => rowOf(list, document)), isEnd: !isCut };
}

function hintOf({ hint }: TimeList): Pick<FindQuery, 'hint'> {
  return hint === undefined ? {} : { hint };
}

function rowOf({ prefix }: TimeList, document: Document): TimeRow {
  const hex = String(document._id);
  return { hex, time: timeOf(document.created_on), tie: prefix + hex, document };
}

/** The server returns rows with equal times in any order. */
function sortTies(rows: readonly TimeRow[]): readonly TimeRow[] {
  return rows.toSorted((one, other) => (one.time !== other.time ? 0 : one.hex < other.hex ? -1 : 1));
}

function allOf(one: Filter<Document>, other: Filter<Document>): Filter<Document> {
  return Object.keys(one).length === 0 ? other : { $and: [one, other] };
}

/** The range of the model's times. */
export const FIRST_TIME = new Date('0001-01-01T00:00:00.000Z');
const LAST_TIME = new Date('9999-12-31T23:59:59.999Z');
/** A time of the model (microseconds) at the precision of documents (milliseconds). */
export interface Instant {
  /** Rounded down to the millisecond. */
  readonly time: Date;
  readonly isExact: boolean;
}

function instantOf(time: string): Instant {
  return { time: new Date(`${time.slice(0, 23)}Z`), isExact: time.slice(23, 26) === '000' };
}

/** A condition for the times that follow it, newest first. */
function earlierThan(at: Instant | null): Document {
  if (at === null) return { $gte: FIRST_TIME, $lte: LAST_TIME };
  return at.isExact ? { $gte: FIRST_TIME, $lt: at.time } : { $gte: FIRST_TIME, $lte: at.time };
}

/** A condition for the times that follow it, oldest first. */
function laterThan(at: Instant | null): Document {
  return at === null ? { $gte: FIRST_TIME, $lte: LAST_TIME } : { $gt: at.time, $lte: LAST_TIME };
}

/** A condition for a half-open range. Documents have milliseconds, the model has microseconds. */
export function timeCondition(range: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): Document {
  const { from, to } = range;
  return {
    $gte: from === undefined ? FIRST_TIME : ceilToMs(from),
    ...(to === undefined ? { $lte: LAST_TIME } : { $lt: ceilToMs(to) }),
  };
}

/** Rounded up to the millisecond. */
function ceilToMs(time: string): Date {
  const floor = Date.parse(`${time.slice(0, 23)}Z`);
  return new Date(time.slice(23, 26) === '000' ? floor : floor + 1);
}

/** A condition on `_id`: null matches all, `none` matches nothing. */
export type IdBound = { readonly $gt: ObjectId } | { readonly $gte: ObjectId } | null | 'none';

const DIGITS = '0123456789abcdef';
const LENGTH = 24;

/**
 * A condition for the `_id`s whose ids (a prefix and 24 hexadecimal digits) follow `tie` in byte order. The tie can be
 * any text, because a place in a list can belong to another source's object.
 */
export function idsAfterTie(prefix: string, tie: string): IdBound {
  const shared = Math.min(prefix.length, tie.length);
  for (let index = 0; index < shared; index++) {
    if (prefix[index] !== tie[index]) return (prefix[index] ?? '') > (tie[index] ?? '') ? null : 'none';
  }
  return afterDigits(tie.slice(prefix.length));
}

function afterDigits(rest: string): IdBound {
  for (let index = 0; index < Math.min(rest.length, LENGTH); index++) {
    const sign = rest[index] ?? '';
    if (DIGITS.includes(sign)) continue;
    const before = rest.slice(0, index);
    const next = [...DIGITS].find((digit) => digit > sign);
    if (next !== undefined) return { $gte: toObjectId((before + next).padEnd(LENGTH, '0')) };
    return index === 0 ? 'none' : { $gt: toObjectId(before.padEnd(LENGTH, 'f')) };
  }
  if (rest.length >= LENGTH) return { $gt: toObjectId(rest.slice(0, LENGTH)) };
  return rest === '' ? null : { $gte: toObjectId(rest.padEnd(LENGTH, '0')) };
}
