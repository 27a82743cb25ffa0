import { RELATION_TARGETS, type RelationName, type RelationTarget } from '../../contract/adapter.ts';
import type { Filter } from '../../contract/filter.ts';
import { type EntityName, PLACEHOLDER_MARK, type StatusCounts } from '../../contract/model.ts';
import { TABLES } from '../columns.ts';
import { accessPathOf, dependsOnValues } from './access-path.ts';
import { conditionsOf, fieldsOf, NO_FIELDS, versionCondition } from './conditions.ts';
import { type KeyedRanges, TIME_SPELLINGS } from './page.ts';
import { keyRows, RELATIONS } from './relations.ts';
import { allOf, joined, param, raw, type Sql, sql } from './sql.ts';
import type { ParentsStatement, ReadStatement } from './statement.ts';

/** Counts by status of an entity; null where nothing fits. */
export function countStatement<E extends EntityName>(
  entity: E,
  filter: Filter<E> | null,
  allVersions: boolean,
): ReadStatement | null {
  const where = fieldsOf(filter);
  const path = accessPathOf(entity, where, true);
  const conditions = path === null ? null : conditionsOf(entity, where, path.covered, path.time);
  if (path === null || conditions === null) return null;
  const all = [...countedOnly(entity), ...versionCondition(entity, allVersions), ...conditions];
  return { sql: countSql(entity, all, path.ranges), planByValues: dependsOnValues(where) };
}

/** Counts by status below each parent; null where nothing fits. */
export function countBelowStatement<R extends RelationName>(
  relation: R,
  asked: readonly string[],
  filter: Filter<RelationTarget<R>> | null,
): ParentsStatement | null {
  const where = fieldsOf(filter);
  const entity = RELATION_TARGETS[relation];
  const conditions = conditionsOf(entity, where, NO_FIELDS, TIME_SPELLINGS.plain);
  const { on, ranges = [], parents } = RELATIONS[relation];
  const { from, keys } = keyRows(parents, asked);
  if (conditions === null || keys.length === 0) return null;
  const all = [
    ...(on === undefined ? [] : [raw(on)]),
    ...countedOnly(entity),
    ...versionCondition(entity, relation === 'versionsOfIssue'),
    ...conditions,
  ];
  const counts = countSql(entity, all, ranges);
  return {
    sql: sql`SELECT p.position, o.status, o.n FROM ${from} CROSS JOIN LATERAL (${counts}) AS o`,
    keys,
    planByValues: dependsOnValues(where),
  };
}

/** Counts leave placeholder builds out. */
function countedOnly(entity: EntityName): Sql[] {
  return entity === 'build' ? [sql`strpos(t.id, ${param(PLACEHOLDER_MARK, 'text')}) = 0`] : [];
}

/** One row of a count; the status is null for what has not finished, and for entities without one. */
export interface CountRow {
  readonly status: string | null;
  readonly n: number;
}

/** Counts rows by status. PostgreSQL never turns the inner aggregate into a join with a scan. */
function countSql(entity: EntityName, conditions: readonly Sql[], ranges: readonly KeyedRanges[]): Sql {
  const { name, hasStatus } = TABLES[entity];
  const counted = (on: readonly Sql[]) =>
    hasStatus
      ? sql`SELECT t.status, count(*) AS n FROM ${raw(name)} t WHERE ${allOf([...on, ...conditions])} GROUP BY t.status`
      : sql`SELECT NULL AS status, count(*) AS n FROM ${raw(name)} t WHERE ${allOf([...on, ...conditions])}`;
  if (ranges.length === 0) return counted([]);
  const all = joined(
    ranges.map((range) => sql`SELECT c.status, c.n FROM ${range.keys} CROSS JOIN LATERAL (${counted(range.on)}) AS c`),
    '\nUNION ALL ',
  );
  return sql`SELECT c.status, sum(c.n)::bigint AS n FROM (${all}) AS c GROUP BY c.status`;
}

/** Adds up the rows of one parent, or of an entity. */
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
