import { type Json, SourceError } from '../../kit/author.ts';
import type { CkiOptions } from '../options.ts';
import { quote } from './quote.ts';
import { isRaw } from './raw.ts';

/** A stretch of a list. */
export interface RowsPage {
  /** What is no record at all is null, and so is the place of a row that was left out as hidden. */
  readonly rows: readonly (Json | null)[];
  /** Nothing comes behind it. */
  readonly isLast: boolean;
  /** Fewer rows came than were asked for, since the source gives no more at once. */
  readonly isCapped: boolean;
}

interface Asked {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Reads a page. Links to other pages are looked at for what they count, and never followed: they may name any host.
 * @throws {SourceError} SOURCE_BAD_DATA, quoting what came, where it is no page, or not the page that was asked for
 */
export function readPage(json: Json, { offset, limit }: Asked, paging: CkiOptions['paging']): RowsPage {
  // A list that is not paged is given whole, whatever was asked for. An empty one may be anything.
  if (Array.isArray(json) && json.length > 0) {
    mustHoldRecords(json);
    return { rows: json.slice(offset, offset + limit), isLast: json.length <= offset + limit, isCapped: false };
  }
  const rows = isRaw(json) ? json[paging.results] : undefined;
  if (!isRaw(json) || !Array.isArray(rows)) {
    const message = `A page must be an object with a list "${paging.results}", and this came: ${quote(json)}`;
    throw new SourceError('SOURCE_BAD_DATA', message);
  }
  mustHoldRecords(rows);
  const { [paging.next]: next, [paging.previous]: previous, [paging.count]: count } = json;
  if (offset > 0 && previous === null && rows.length > 0) {
    const message = `The first page came where rows from ${offset} on were asked for: "${paging.offset}" does not count rows.`;
    throw new SourceError('SOURCE_BAD_DATA', message);
  }
  const end = offset + rows.length;
  const isLast = isEnd(next, count, end, rows.length, limit);
  // A source that does not heed the limit gives more, and tells by what follows that they are so many.
  const came = isLast || offsetIn(next, paging.offset) === end ? rows : rows.slice(0, limit);
  if (isLast || rows.length >= limit) return { rows: came, isLast, isCapped: false };
  // Rows may be hidden after they were counted: their places are taken all the same.
  const isHoley = rows.length === 0 || offsetIn(next, paging.offset) === offset + limit;
  if (!isHoley) return { rows: came, isLast: false, isCapped: true };
  const holes: null[] = Array.from({ length: limit - rows.length }, () => null);
  return { rows: [...came, ...holes], isLast: false, isCapped: false };
}

/** Rows may be null, and single ones may be anything; where none is a record, this is no list of records. */
function mustHoldRecords(rows: readonly Json[]): void {
  const strange = rows.find((row) => row !== null);
  if (strange === undefined || rows.some(isRaw)) return;
  throw new SourceError('SOURCE_BAD_DATA', `The rows of a page must be objects, and this came: ${quote(strange)}`);
}

function isEnd(next: Json | undefined, count: Json | undefined, end: number, came: number, limit: number): boolean {
  if (next === null) return true;
  if (typeof next === 'string') return came === 0 && typeof count === 'number' && end >= count;
  return typeof count === 'number' ? end >= count : came < limit;
}

function offsetIn(next: Json | undefined, parameter: string): number | null {
  if (typeof next !== 'string' || !URL.canParse(next, 'http://source.invalid')) return null;
  const offset = new URL(next, 'http://source.invalid').searchParams.get(parameter);
  return offset !== null && /^\d{1,15}$/.test(offset) ? Number(offset) : null;
}
