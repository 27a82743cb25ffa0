import { createHash } from 'node:crypto';
import type { Order, Page, PageItem, Place } from '../contract/adapter.ts';
import { comparePlaces } from '../contract/positions.ts';

/**
 * A stretch of the source's rows. Fewer than asked for mean that the list ends there, so one that cannot be understood
 * keeps its place as null.
 */
export type FetchRows<T> = (offset: number, limit: number) => Promise<readonly (PageItem<T> | null)[]>;

export interface OffsetQuery {
  readonly order: Order;
  readonly first: number;
  readonly after: Place | null;
  /** Rows that one upstream request may ask for. */
  readonly pageSize: number;
}

/** How many upstream pages are looked through, before and behind, for a row that has moved. */
const PAGES_EITHER_WAY = 10;

/**
 * A page of a source that counts rows, with the marks by which the next one is found: the offset, and hashes of the two
 * rows before. The last row taken is looked for around its offset, then the two before it; where all are gone, the page
 * begins at the first row that sorts after it. One upstream request does where nothing has moved and the page fits.
 */
export async function offsetPage<T>(query: OffsetQuery, fetch: FetchRows<T>): Promise<Page<T>> {
  const { first, after } = query;
  const mark = after === null ? null : readMark(after.mark ?? '');
  const window = new RowWindow(fetch, query.pageSize, Math.max(0, (mark?.offset ?? 0) - 2));
  // The two rows before, the one that was taken, the page, and one more to know whether there is more.
  await window.forward(first + (after === null ? 1 : 4));
  const start = after === null ? 0 : await findStart(window, after, mark?.before ?? [], query);
  const items: PageItem<T>[] = [];
  let next = start;
  for (; items.length < first; next++) {
    if (next >= window.end) await window.forward(first - items.length + 1);
    if (next >= window.end) break;
    const row = window.at(next);
    if (row === null) continue;
    const before = [window.at(next - 1), window.at(next - 2)].filter((other) => other !== null);
    items.push({ object: row.object, time: row.time, tie: row.tie, mark: writeMark(next, before) });
  }
  if (next >= window.end) await window.forward(1);
  return { items, hasMore: window.end > next };
}

/** The offset at which the rows behind a place begin. */
async function findStart<T>(
  window: RowWindow<T>,
  after: Place,
  before: readonly string[],
  query: OffsetQuery,
): Promise<number> {
  const isTaken = (row: Place) => row.tie === after.tie && row.time === after.time;
  for (let pages = 0; ; pages++) {
    const taken = window.find(isTaken);
    if (taken !== null) return taken + 1;
    if (pages === PAGES_EITHER_WAY || (window.isAtEnd && window.start === 0)) break;
    await window.forward(query.pageSize);
    await window.backward();
  }
  for (const hash of before) {
    const left = window.find((row) => hashOf(row) === hash);
    if (left !== null) return left + 1;
  }
  return window.find((row) => comparePlaces(query.order, row, after) > 0) ?? window.end;
}

/** The rows around a place, without a gap. */
class RowWindow<T> {
  start: number;
  isAtEnd = false;
  #rows: (PageItem<T> | null)[] = [];
  readonly #fetch: FetchRows<T>;
  readonly #pageSize: number;

  constructor(fetch: FetchRows<T>, pageSize: number, start: number) {
    this.#fetch = fetch;
    this.#pageSize = pageSize;
    this.start = start;
  }

  get end(): number {
    return this.start + this.#rows.length;
  }

  async forward(wanted: number): Promise<void> {
    if (this.isAtEnd) return;
    const limit = Math.min(wanted, this.#pageSize);
    const rows = await this.#fetch(this.end, limit);
    this.#rows.push(...rows.slice(0, limit));
    this.isAtEnd = rows.length < limit;
  }

  async backward(): Promise<void> {
    const limit = Math.min(this.start, this.#pageSize);
    if (limit === 0) return;
    const rows = await this.#fetch(this.start - limit, limit);
    // A list that has become so short ends before the window: what was thought to lie in it is gone.
    if (rows.length < limit) {
      this.#rows = [...rows];
      this.isAtEnd = true;
    } else this.#rows = [...rows, ...this.#rows];
    this.start -= limit;
  }

  find(fits: (row: Place) => boolean): number | null {
    const index = this.#rows.findIndex((row) => row !== null && fits(row));
    return index === -1 ? null : this.start + index;
  }

  at(offset: number): PageItem<T> | null {
    return this.#rows[offset - this.start] ?? null;
  }
}

function writeMark(offset: number, before: readonly Place[]): string {
  return [String(offset), ...before.map(hashOf)].join('.');
}

function readMark(mark: string): { readonly offset: number; readonly before: readonly string[] } | null {
  const [offset = '', ...before] = mark.split('.');
  return /^\d{1,15}$/.test(offset) ? { offset: Number(offset), before: before.slice(0, 2) } : null;
}

function hashOf(row: Place): string {
  return createHash('sha1').update(`${row.time}\n${row.tie}`).digest('base64url').slice(0, 16);
}
