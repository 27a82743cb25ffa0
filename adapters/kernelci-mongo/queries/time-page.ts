import { type Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import type { Call, Order, Place } from '../../kit/author.ts';
import type { FindQuery } from '../../kit/mongo/client.ts';
import { timeOf } from '../../kit/mongo/documents.ts';
import { warnOfRecord } from '../bad-record.ts';
import type { Collection, Statements } from '../client.ts';
import { afterTie, type IdBound } from './after-tie.ts';
import { before, behind, FIRST_TIME, type Instant, instantOf, LAST_TIME } from './time-bounds.ts';

/** So many rows more, and most pages end between two times, so that one statement does. */
const SPARE = 8;
const ROUNDS = 20;

/** A list in the order of `created_on`, which an index of the collection begins with, then of ids. */
export interface TimeList {
  readonly collection: Collection;
  /** What ids begin with, before the `_id`. */
  readonly prefix: string;
  readonly filter: Filter<Document>;
  readonly projection: Readonly<Record<string, 1>>;
  readonly order: Order;
  /** Documents without a time may fit. */
  readonly withoutTime: boolean;
  /** The index that leads to them, where it is another than that by time: what it leads to is sorted. */
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

/** Rows strictly behind a place, at most `first`. */
export async function timePage(
  list: TimeList,
  { first, after }: { readonly first: number; readonly after: Place | null },
  statements: Statements,
  call: Pick<Call, 'warn'>,
): Promise<TimeRows> {
  const rows: TimeRow[] = [];
  let place: Place | null = after;
  for (let round = 0; round < ROUNDS; round++) {
    const { found, isEnd } = await stretch(list, place, first + 1 - rows.length, statements);
    for (const row of found) {
      if (row.document._id instanceof ObjectId) rows.push(row);
      else warnOfRecord(call, row.hex, 'its `_id` is not of the type that the system gives, and it is left out.');
    }
    const last = found.at(-1);
    if (isEnd || rows.length > first) return { rows: rows.slice(0, first), hasMore: rows.length > first };
    if (last !== undefined) place = last;
    else if (place === null || place.time !== null) place = { time: null, tie: '' };
  }
  return { rows: rows.slice(0, first), hasMore: true };
}

interface Stretch {
  readonly found: readonly TimeRow[];
  readonly isEnd: boolean;
}

/** The next rows: of one time where the place is in the midst of it, else of the times behind, at last those without. */
async function stretch(list: TimeList, place: Place | null, wanted: number, statements: Statements): Promise<Stretch> {
  if (place?.time === null) return await timeless(list, place.tie, wanted, statements);
  const at = place === null ? null : instantOf(place.time);
  if (place !== null && at?.isExact) {
    const rows = await equal(list, at.time, afterTie(list.prefix, place.tie), wanted, statements);
    if (rows.length >= wanted) return { found: rows, isEnd: false };
    const more = await timed(list, at, wanted - rows.length, statements);
    return { found: [...rows, ...more.found], isEnd: more.isEnd };
  }
  return await timed(list, at, wanted, statements);
}

/** Behind a time; what stands last may be of a time that has more. */
async function timed(list: TimeList, at: Instant | null, wanted: number, statements: Statements): Promise<Stretch> {
  const isNewest = list.order === 'NEWEST';
  const limit = wanted + SPARE;
  const filter = both(list.filter, { created_on: isNewest ? before(at) : behind(at) });
  const sort = { created_on: isNewest ? (-1 as const) : (1 as const) };
  const { projection, collection } = list;
  const { documents, isCut } = await statements.find(collection, filter, { projection, sort, limit, ...hintOf(list) });
  const rows = byTie(documents.map((document) => rowOf(list, document)));
  if (!isCut) {
    const rest =
      rows.length < wanted && list.withoutTime ? await timeless(list, '', wanted - rows.length, statements) : null;
    return { found: [...rows, ...(rest?.found ?? [])], isEnd: rest?.isEnd ?? rows.length < wanted };
  }
  const last = rows.at(-1)?.time ?? null;
  const whole = rows.filter(({ time }) => time !== last);
  if (whole.length >= wanted || last === null) return { found: whole, isEnd: false };
  const ties = await equal(list, new Date(last), null, wanted - whole.length, statements);
  return { found: [...whole, ...ties], isEnd: false };
}

async function equal(
  list: TimeList,
  time: Date,
  bound: IdBound,
  wanted: number,
  statements: Statements,
): Promise<readonly TimeRow[]> {
  if (bound === 'none' || time < FIRST_TIME || time > LAST_TIME) return [];
  const filter = both(list.filter, { created_on: time, ...(bound === null ? {} : { _id: bound }) });
  const query = { projection: list.projection, sort: { _id: 1 as const }, limit: wanted, ...hintOf(list) };
  const { documents } = await statements.find(list.collection, filter, query);
  return documents.map((document) => rowOf(list, document));
}

async function timeless(list: TimeList, tie: string, wanted: number, statements: Statements): Promise<Stretch> {
  const bound = afterTie(list.prefix, tie);
  if (bound === 'none' || !list.withoutTime) return { found: [], isEnd: true };
  const none = [{ created_on: null }, { created_on: { $gt: LAST_TIME } }, { created_on: { $lt: FIRST_TIME } }];
  const filter = both(list.filter, { $or: none, ...(bound === null ? {} : { _id: bound }) });
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

/** The server gives those of one time in any order. */
function byTie(rows: readonly TimeRow[]): readonly TimeRow[] {
  return rows.toSorted((one, other) => (one.time !== other.time ? 0 : one.hex < other.hex ? -1 : 1));
}

function both(one: Filter<Document>, other: Filter<Document>): Filter<Document> {
  return Object.keys(one).length === 0 ? other : { $and: [one, other] };
}
