import type { EntityName, StatusCounts } from '../../model.ts';
import type { Drive } from '../driving-arms.ts';
import { allOf, joined, raw, type Sql, sql } from '../sql.ts';
import { TABLES } from '../tables.ts';

/** One row of a count; the status is null for what has not finished, and for entities without one. */
export interface CountRow {
  readonly status: string | null;
  readonly n: number;
}

/** How many rows there are of each status. An aggregate within is never turned into a join with a scan. */
export function countSql(entity: EntityName, conditions: readonly Sql[], arms: Drive['arms']): Sql {
  const { name, hasStatus } = TABLES[entity];
  const counted = (on: readonly Sql[]) =>
    hasStatus
      ? sql`SELECT t.status, count(*) AS n FROM ${raw(name)} t WHERE ${allOf([...on, ...conditions])} GROUP BY t.status`
      : sql`SELECT NULL AS status, count(*) AS n FROM ${raw(name)} t WHERE ${allOf([...on, ...conditions])}`;
  if (arms.length === 0) return counted([]);
  const all = joined(
    arms.map((arm) => sql`SELECT c.status, c.n FROM ${arm.keys} CROSS JOIN LATERAL (${counted(arm.on)}) AS c`),
    '\nUNION ALL ',
  );
  return sql`SELECT c.status, sum(c.n)::bigint AS n FROM (${all}) AS c GROUP BY c.status`;
}

/** The rows of one parent, or of an entity, folded. */
export function toStatusCounts(entity: EntityName, rows: readonly CountRow[]): StatusCounts {
  const counts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: 0 };
  for (const { status, n } of rows) {
    counts.total += n;
    if (!TABLES[entity].hasStatus) continue;
    counts[columnOf(status)] += n;
  }
  return counts;
}

const COLUMNS = { PASS: 'pass', FAIL: 'fail', ERROR: 'error', MISS: 'miss', DONE: 'done', SKIP: 'skip' } as const;

function columnOf(status: string | null): Exclude<keyof StatusCounts, 'total'> {
  if (status === null) return 'none';
  for (const [name, column] of Object.entries(COLUMNS)) if (name === status) return column;
  throw new Error(`The database holds the status "${status}", which KCIDB does not have.`);
}
