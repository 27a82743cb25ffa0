import type { Order, Place } from '../../contract/adapter.ts';
import type { EntityName } from '../../contract/model.ts';
import { TABLES } from '../columns.ts';
import { allOf, joined, param, raw, type Sql, sql } from './sql.ts';

/** Index ranges of `t`, one for each row `r` of `keys`. No row of `t` lies in two of them. */
export interface KeyedRanges {
  /** A FROM item named `r`. */
  readonly keys: Sql;
  readonly on: readonly Sql[];
  /** How many keys there are; Infinity where only the database knows. */
  readonly count: number;
}

/** A page of an entity's rows. */
interface PageParts {
  readonly entity: EntityName;
  readonly select: Sql;
  /** How the index of the access path spells the time. */
  readonly time: TimeSpelling;
  readonly conditions: readonly Sql[];
  readonly ranges: readonly KeyedRanges[];
  readonly order: Order;
  readonly after: Place | null;
  readonly limit: number;
}

/** Beyond this number of ranges, the first row of each decides which of them can be in the page. */
const MANY_RANGES = 8;

/**
 * A page of one range of an index reads it in order until the page is full. Several ranges are merged: each gives the keys
 * of its first rows, and only the rows of the page are fetched. Of many ranges, only those whose first row is among the
 * first `limit` first rows can be in the page, so that at most ranges + limit x limit keys are read.
 */
export function pageSql(parts: PageParts): Sql {
  const { entity, select, conditions, ranges, order, limit } = parts;
  const { name } = TABLES[entity];
  const keyset = keysetOf(parts);
  const from = raw(`${name} t`);
  if (ranges.length === 0) return pageOf({ select, from, conditions }, keyset, order, parts.after, limit);
  const isIssue = entity === 'issue';
  const key = isIssue ? raw('t.id, t.version') : raw('t.id');
  const merged = joined(
    ranges.map((range) => {
      const inRange = [...range.on, ...conditions];
      const page = pageOf(
        { select: sql`${sortColumns(keyset)}, ${key}`, from, conditions: inRange },
        keyset,
        order,
        parts.after,
        limit,
      );
      return sql`SELECT k.* FROM ${keysOf(range, inRange, parts)} CROSS JOIN LATERAL (${page}) AS k`;
    }),
    '\nUNION ALL ',
  );
  // OFFSET 0 keeps the look-ups by key from becoming a join with a scan of the table.
  return sql`SELECT x.* FROM (
 SELECT k.* FROM (${merged}) AS k ORDER BY ${raw(orderOf(keyset, order, 'k'))} LIMIT ${raw(String(limit))}
) AS k CROSS JOIN LATERAL (
 SELECT ${select} FROM ${from} WHERE t.id = k.id${raw(isIssue ? ' AND t.version = k.version' : '')} OFFSET 0
) AS x ORDER BY ${raw(orderOf(keyset, order, 'k'))}`;
}

function keysOf(range: KeyedRanges, conditions: readonly Sql[], parts: PageParts): Sql {
  if (range.count <= MANY_RANGES) return range.keys;
  const { entity, order, after, limit } = parts;
  const keyset = keysetOf(parts);
  const source = { select: sortColumns(keyset), from: raw(`${TABLES[entity].name} t`), conditions };
  const first = pageOf(source, keyset, order, after, 1);
  return sql`(SELECT r.* FROM ${range.keys} CROSS JOIN LATERAL (${first}) AS h
  ORDER BY ${raw(orderOf(keyset, order, 'h'))} LIMIT ${raw(String(limit))}) AS r`;
}

function keysetOf({ entity, time }: PageParts): Keyset {
  const { tie, firstKnown } = TABLES[entity];
  return { time, tie, mayLackTime: !firstKnown };
}

/** How a statement writes the sort time: as the index of the access path does. */
export interface TimeSpelling {
  /** Of the row `t`; never null: `-infinity` means "no time". */
  readonly expression: string;
  /** The type that a time of the model is cast to. */
  readonly type: 'timestamptz' | 'timestamp';
}

/** Three spellings of one time. Each kind of index has its own, so that the planner cannot choose another kind. */
export const TIME_SPELLINGS = {
  /** Of the index by time alone. */
  alone: { expression: `(t.sort_time AT TIME ZONE 'UTC')`, type: 'timestamp' },
  /** Of the index by origin and time. */
  behindOrigin: { expression: `(t.sort_time AT TIME ZONE 'GMT')`, type: 'timestamp' },
  /** Of all others. */
  plain: { expression: 't.sort_time', type: 'timestamptz' },
} as const satisfies Readonly<Record<string, TimeSpelling>>;

/** The columns that a list is sorted by. */
interface Keyset {
  readonly time: TimeSpelling;
  /** A text column of `t` in bytes order, unique among equal times. */
  readonly tie: string;
  /** Whether rows without a time exist. */
  readonly mayLackTime: boolean;
}

/** The query of a page: what it selects, and from where. */
interface PageSource {
  readonly select: Sql;
  readonly from: Sql;
  readonly conditions: readonly Sql[];
}

/** One contiguous range of the index, in the order of the list. */
interface IndexRange {
  readonly conditions: readonly Sql[];
  readonly orderBy: string;
}

/**
 * The first `limit` rows strictly after a place, in order.
 *
 * A place cuts the index into ranges: the rest of the rows with the same time (by tie), the rows after it in time, and
 * for OLDEST those without a time, which an index of times has at its wrong end. Each is a separate query
 * with its own LIMIT, since an OR over both defeats the index. PostgreSQL runs the parts of a UNION ALL one after the other
 * (a part with a LIMIT never runs in parallel), so the outer LIMIT stops before a range that is not needed.
 */
function pageOf(source: PageSource, keyset: Keyset, order: Order, after: Place | null, limit: number): Sql {
  const ranges = rangesAfter(keyset, order, after).map(
    (range) =>
      sql`SELECT ${source.select} FROM ${source.from} WHERE ${allOf([...source.conditions, ...range.conditions])}
 ORDER BY ${raw(range.orderBy)} LIMIT ${raw(String(limit))}`,
  );
  const [first] = ranges;
  if (first === undefined) return sql`SELECT ${source.select} FROM ${source.from} WHERE false`;
  if (ranges.length === 1) return first;
  const union = joined(
    ranges.map((range) => sql`(${range})`),
    '\nUNION ALL ',
  );
  return sql`SELECT * FROM (${union}) ranges LIMIT ${raw(String(limit))}`;
}

/** The ORDER BY that a merge of several pages needs, for columns of a row `alias` with the keyset's names. */
function orderOf(keyset: Keyset, order: Order, alias: string): string {
  const [time, tie] = [`${alias}.sort_time`, `${alias}.sort_tie`];
  if (order === 'NEWEST') return `${time} DESC, ${tie}`;
  return keyset.mayLackTime ? `${time} = '-infinity', ${time}, ${tie}` : `${time}, ${tie}`;
}

/** The two columns that {@link orderOf} sorts by. */
function sortColumns(keyset: Keyset): Sql {
  return raw(`${keyset.time.expression} AS sort_time, ${keyset.tie} AS sort_tie`);
}

function rangesAfter(keyset: Keyset, order: Order, after: Place | null): IndexRange[] {
  const { tie, mayLackTime } = keyset;
  const time = keyset.time.expression;
  const untimed = (more: readonly Sql[]): IndexRange[] =>
    mayLackTime ? [{ conditions: [raw(`${time} = '-infinity'`), ...more], orderBy: tie }] : [];
  const inTime = order === 'NEWEST' ? `${time} DESC, ${tie}` : `${time}, ${tie}`;
  if (after === null) {
    if (order === 'NEWEST') return [{ conditions: [], orderBy: inTime }];
    if (!mayLackTime) return [{ conditions: [], orderBy: inTime }];
    return [{ conditions: [raw(`${time} > '-infinity'`)], orderBy: inTime }, ...untimed([])];
  }
  const behind = sql`${raw(tie)} > ${param(after.tie, 'text')}`;
  if (after.time === null) return untimed([behind]);
  const at = param(after.time, keyset.time.type);
  const sameTime = { conditions: [sql`${raw(time)} = ${at}`, behind], orderBy: tie };
  if (order === 'NEWEST') {
    return [sameTime, { conditions: [sql`${raw(time)} < ${at}`], orderBy: inTime }];
  }
  return [sameTime, { conditions: [sql`${raw(time)} > ${at}`], orderBy: inTime }, ...untimed([])];
}
