import type { Order, Place } from '../../../adapters/contract/adapter.ts';
import { type CursorState, compareFromStart, type SortKey } from './cursor.ts';

/** A row of one source in its place. */
export interface MergeRow<T> extends Place {
  readonly object: T;
  /** Names the object over all sources. */
  readonly identity: string;
  /** False: the source gave it, and the filter leaves it out. It is passed over. */
  readonly fits: boolean;
}

export interface MergeSource<T> {
  readonly name: string;
  /** It counts rows, and so gives them in an order of its own. */
  readonly isOffset: boolean;
  /** At most so many rows behind a place; null where it failed. */
  read(size: number, after: Place | null): Promise<MergeRows<T> | null>;
}

export interface MergeRows<T> {
  readonly rows: readonly MergeRow<T>[];
  readonly hasMore: boolean;
  /** A bound left rows out, here or further on. */
  readonly isCut?: boolean;
}

export interface Candidate<T> {
  /** Of the source among the sources of the merge. */
  readonly source: number;
  readonly row: MergeRow<T>;
}

export interface MergeInput<T, Shown> {
  /** By priority. */
  readonly sources: readonly MergeSource<T>[];
  readonly first: number;
  readonly order: Order;
  readonly from: CursorState;
  /**
   * For each candidate what is shown where it leads, and null where another copy does. Only rows that fit are asked.
   * @param down sources that failed on this page: asking them for copies would only cost their time again
   */
  settle(candidates: readonly Candidate<T>[], down: ReadonlySet<number>): Promise<readonly Settled<Shown>[]>;
}

/** A row of which nobody can tell now whether it is shown: its source is read on from there on a later page. */
export const UNDECIDED = 'undecided';
export type Settled<Shown> = Shown | null | typeof UNDECIDED;

export interface MergedEdge<Shown> {
  readonly shown: Shown;
  /** The way is on behind this edge. */
  readonly end: CursorState;
}

export interface MergedPage<Shown> {
  readonly edges: readonly MergedEdge<Shown>[];
  readonly hasNext: boolean;
  readonly end: CursorState;
  /** It ended for its bound on rounds, and not for want of rows. */
  readonly isCut: boolean;
}

const MAX_ROUNDS = 4;
const MIN_LATER_SIZE = 50;
const LATER_TIMES = 3;

/** One source while a page is made. */
class Lane<T> {
  readonly source: MergeSource<T>;
  readonly index: number;
  /** Behind the last row taken. */
  place: Place | null;
  /** Behind the last row read. */
  readTo: Place | null;
  /** It was left behind on an earlier page, and seeks from a place of its own. */
  readonly isBehind: boolean;
  buffer: readonly MergeRow<T>[] = [];
  /** The first row of the buffer that is not taken. */
  head = 0;
  /** The first row of the buffer that no candidate was made of. */
  ahead = 0;
  hasMore = true;
  isDown = false;

  constructor(source: MergeSource<T>, index: number, from: CursorState) {
    this.source = source;
    this.index = index;
    const own = from.places.get(source.name);
    this.place = own === undefined ? (source.isOffset ? null : from.furthest) : own;
    this.readTo = this.place;
    this.isBehind = !source.isOffset && own !== undefined;
  }

  /** The page goes on without it, and its place stays in the cursor. */
  stop(): void {
    this.isDown = true;
    this.buffer = [];
    this.head = 0;
    this.readTo = this.place;
    this.hasMore = true;
  }

  async fill(size: number): Promise<void> {
    if (this.isDown || !this.hasMore || this.head < this.buffer.length) return;
    const page = await this.source.read(size, this.readTo);
    this.buffer = page?.rows ?? [];
    this.head = 0;
    this.hasMore = page?.hasMore ?? true;
    this.readTo = this.buffer.at(-1) ?? this.readTo;
    this.isDown = page === null || (this.buffer.length === 0 && page.hasMore);
  }
}

/**
 * A page of several sources' lists as one: rows come by (time, tie), then by priority, and an object stands only where
 * its leading copy does, so that it comes once over all pages without any state but the cursor.
 *
 * Four rounds at most; then the page ends with what it has, its end behind all that was judged.
 */
export async function mergePages<T, Shown>(input: MergeInput<T, Shown>): Promise<MergedPage<Shown>> {
  const { first, order } = input;
  const lanes = input.sources.map((source, index) => new Lane(source, index, input.from));
  const edges: MergedEdge<Shown>[] = [];
  let furthest = input.from.furthest;
  let end = input.from;
  let isDone = false;
  for (let round = 0; round < MAX_ROUNDS && !isDone; round += 1) {
    const size = round === 0 ? first + 1 : LATER_TIMES * Math.max(first + 1, MIN_LATER_SIZE);
    await Promise.all(lanes.map((lane) => lane.fill(size)));
    const ahead = lookAhead(lanes, furthest, size, order);
    isDone = ahead.isDone;
    const fitting = ahead.candidates.filter(({ row }) => row.fits);
    const down = new Set(lanes.filter((lane) => lane.isDown).map((lane) => lane.index));
    const settled = fitting.length === 0 ? [] : await input.settle(fitting, down);
    let next = 0;
    for (const { source, row } of ahead.candidates) {
      const shown = row.fits ? (settled[next++] ?? null) : null;
      if (lanes[source]!.isDown) continue;
      if (shown === UNDECIDED) {
        lanes[source]!.stop();
        continue;
      }
      if (shown !== null && edges.length >= first) return { edges, hasNext: true, end, isCut: false };
      const lane = lanes[source]!;
      lane.place = row;
      lane.head += 1;
      if (!lane.source.isOffset && compareFromStart(furthest, row, order) < 0) furthest = row;
      end = snapshot(lanes, furthest, order, shown === null);
      if (shown !== null) edges.push({ shown, end });
    }
  }
  if (lanes.some((lane) => lane.isDown)) end = snapshot(lanes, furthest, order, true);
  return { edges, hasNext: !isDone, end, isCut: !isDone };
}

/** The next rows in the order of the merge, as far as they are known; nothing is taken yet. */
function lookAhead<T>(
  lanes: readonly Lane<T>[],
  furthest: SortKey | null,
  size: number,
  order: Order,
): { readonly candidates: readonly Candidate<T>[]; readonly isDone: boolean } {
  const candidates: Candidate<T>[] = [];
  const identities = new Set<string>();
  const dues = lanes.map((lane) => (lane.source.isOffset ? leastKeys(lane.buffer, order) : lane.buffer));
  for (const lane of lanes) lane.ahead = lane.head;
  let reached = furthest;
  while (identities.size < size) {
    let least: { lane: Lane<T>; due: SortKey | null } | undefined;
    for (const lane of lanes) {
      if (lane.ahead >= lane.buffer.length) {
        // Its next row may come before all others: the round ends here.
        if (lane.hasMore && !lane.isDown) return { candidates, isDone: false };
        continue;
      }
      const key = dues[lane.index]?.[lane.ahead] ?? null;
      // A row without time on top of rows that are not read yet says nothing of when they are due.
      const isOpen = lane.source.isOffset && lane.hasMore && key?.time === null;
      const due = isOpen || compareFromStart(key, reached, order) < 0 ? reached : key;
      if (least === undefined || compareFromStart(due, least.due, order) < 0) least = { lane, due };
    }
    if (least === undefined) return { candidates, isDone: true };
    reached = least.due;
    const row = least.lane.buffer[least.lane.ahead]!;
    least.lane.ahead += 1;
    candidates.push({ source: least.lane.index, row });
    if (row.fits) identities.add(row.identity);
  }
  return { candidates, isDone: false };
}

/** For each row the least key among it and those behind it: a row is due no later than what was fetched behind it. */
function leastKeys(rows: readonly SortKey[], order: Order): readonly SortKey[] {
  const least: SortKey[] = new Array(rows.length);
  let so: SortKey | null = null;
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row: SortKey = rows[index]!;
    so = so === null || compareFromStart(row, so, order) < 0 ? row : so;
    least[index] = so;
  }
  return least;
}

/**
 * @param isPassed the last row taken was passed over: then a row at the same place that waits in another source may be
 *   the leading copy, and its source must be read from its own place; else such a row is a copy of what was shown
 */
function snapshot<T>(
  lanes: readonly Lane<T>[],
  furthest: SortKey | null,
  order: Order,
  isPassed: boolean,
): CursorState {
  const places = new Map<string, Place | null>();
  for (const lane of lanes) {
    if (lane.source.isOffset) {
      if (lane.place !== null) places.set(lane.source.name, placeOnly(lane.place));
    } else if (
      lane.isDown ||
      ((lane.isBehind || (isPassed && hasNext(lane))) && isStillBehind(lane, furthest, order))
    ) {
      places.set(lane.source.name, lane.place === null ? null : { time: lane.place.time, tie: lane.place.tie });
    }
  }
  return { furthest: furthest === null ? null : { time: furthest.time, tie: furthest.tie }, places };
}

function hasNext<T>(lane: Lane<T>): boolean {
  return lane.head < lane.buffer.length;
}

function isStillBehind<T>(lane: Lane<T>, furthest: SortKey | null, order: Order): boolean {
  const next = lane.buffer[lane.head];
  return next === undefined ? lane.hasMore : compareFromStart(next, furthest, order) <= 0;
}

function placeOnly({ time, tie, mark }: Place): Place {
  return mark === undefined ? { time, tie } : { time, tie, mark };
}
