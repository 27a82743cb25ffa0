import type { EntityName } from '../../contract/model.ts';
import {
  type AnyWhere,
  BUILD_FIELDS,
  CHECKOUT_FIELDS,
  conditionsOn,
  filterColumn,
  INDEXED_LENGTH,
  isBeyondIndex,
  textsOf,
} from './conditions.ts';
import { type KeyedRanges, TIME_SPELLINGS, type TimeSpelling } from './page.ts';
import { allOf, param, raw, type Sql, sql } from './sql.ts';

/** The index ranges by which the rows of a list are found. */
export interface AccessPath {
  /** Empty: the conditions name one range of an index themselves, or the planner chooses by their values. */
  readonly ranges: readonly KeyedRanges[];
  /** The fields of the filter that need no condition any more. */
  readonly covered: ReadonlySet<string>;
  /** How the index spells the time. */
  readonly time: TimeSpelling;
}

/** No row can match. */
const NOTHING = null;
/** A condition `=` on one value is enough: the index gives the rows behind it in order. */
const ONE_RANGE: AccessPath = { ranges: [], covered: new Set(), time: TIME_SPELLINGS.plain };
const BY_ORIGIN: AccessPath = { ranges: [], covered: new Set(), time: TIME_SPELLINGS.behindOrigin };
/** All rows in order of time, unless the planner finds a better index. */
const BY_TIME: AccessPath = { ranges: [], covered: new Set(), time: TIME_SPELLINGS.alone };

/** Fields whose columns select few rows, the most selective first; behind each in its index are time and id. */
const NARROW: { readonly [E in EntityName]: readonly string[] } = {
  checkout: ['id', 'gitCommitHash'],
  build: ['id', 'checkoutId'],
  test: ['id', 'buildId'],
  issue: ['id'],
  incident: ['id', 'testId', 'buildId', 'issueId'],
};

/** Fields that select more rows: tried after a commit, and before trees and origins. */
const WIDE: { readonly [E in EntityName]: readonly string[] } = {
  checkout: ['treeName', 'gitRepositoryUrl', 'gitRepositoryBranch'],
  build: [],
  test: ['path', 'platform'],
  issue: [],
  incident: [],
};

/** A prefix of this length or more matches few commits. */
const SELECTIVE_PREFIX = 8;
/** A typical number of origins in a store. */
const USUAL_ORIGINS = 8;

/**
 * Chooses the index ranges of a list; the other fields filter the rows that are met. Null: nothing fits.
 *
 * @param everyRow for a count, which reads all that fits, so that a tree is an access path without a window of time too
 */
export function accessPathOf(entity: EntityName, where: AnyWhere, everyRow: boolean): AccessPath | null {
  for (const field of NARROW[entity]) if (hasList(where, field)) return byColumn(entity, field, where);
  if (entity === 'build' || entity === 'test') {
    const hash = where.get('gitCommitHash');
    if (hash?.in || (hash?.prefix ?? '').length >= SELECTIVE_PREFIX) return byCheckouts(entity, where);
  }
  for (const field of WIDE[entity]) if (hasList(where, field)) return byColumn(entity, field, where);
  if (entity !== 'build' && entity !== 'test') return byOrigin(where);
  const isBounded = everyRow || (where.get('startTime')?.from ?? null) !== null;
  if (isBounded && CHECKOUT_FIELDS.some((field) => where.has(field))) return byCheckouts(entity, where);
  if (entity === 'test' && (where.has('compatible') || narrowsPath(where))) return BY_TIME;
  return byStatus(entity, where);
}

function hasList(where: AnyWhere, field: string): boolean {
  return (where.get(field)?.in ?? null) !== null;
}

function byColumn(entity: EntityName, field: string, where: AnyWhere): AccessPath | null {
  const { column, isLong, form } = filterColumn(entity, field);
  const filter = where.get(field) ?? {};
  const values = [...new Set(textsOf(filter).map((value) => (form === undefined ? value : form(value))))];
  if (values.length === 0) return NOTHING;
  if (values.length === 1) return ONE_RANGE;
  const whole = raw(`t.${column} = r.key`);
  const start = raw(`left(t.${column}, ${INDEXED_LENGTH}) = left(r.key, ${INDEXED_LENGTH})`);
  const on = isLong ? [start, ...(values.some(isBeyondIndex) ? [whole] : [])] : [whole];
  const isWhole = Object.keys(filter).join() === 'in';
  const ranges = [{ keys: listOf(values), on, count: values.length }];
  return { ranges, covered: new Set(isWhole ? [field] : []), time: TIME_SPELLINGS.plain };
}

/** Whether the filter is a range of the index of paths, which `contains` is not. */
function narrowsPath(where: AnyWhere): boolean {
  const { under, prefix } = where.get('path') ?? {};
  return Boolean(under) || Boolean(prefix);
}

/** By origin if the filter has one, else by time. */
function byOrigin(where: AnyWhere): AccessPath | null {
  if (!hasList(where, 'origin')) return BY_TIME;
  const origins = textsOf(where.get('origin') ?? {});
  if (origins.length <= 1) return origins.length === 0 ? NOTHING : BY_ORIGIN;
  const ranges = [{ keys: listOf(origins), on: [raw('t.origin = r.key')], count: origins.length }];
  return { ranges, covered: new Set(['origin']), time: TIME_SPELLINGS.behindOrigin };
}

/** By origin and status. Without a filter by origin, by every origin in the store. */
function byStatus(entity: 'build' | 'test', where: AnyWhere): AccessPath | null {
  if (!hasList(where, 'status')) return byOrigin(where);
  const origins = hasList(where, 'origin') ? textsOf(where.get('origin') ?? {}) : null;
  const statuses = textsOf(where.get('status') ?? {});
  const hasNone = where.get('status')?.in?.includes(null) === true;
  if (origins?.length === 0 || (statuses.length === 0 && !hasNone)) return NOTHING;
  if (origins?.length === 1 && statuses.length + Number(hasNone) === 1) return ONE_RANGE;
  const keys = origins === null ? originsOf(entity) : listOf(origins);
  const count = origins === null ? USUAL_ORIGINS : origins.length;
  const ranges: KeyedRanges[] = [];
  if (statuses.length > 0) {
    ranges.push({
      keys: sql`(SELECT r.key, s.status FROM ${keys} CROSS JOIN unnest(${param(statuses, 'text[]')}) AS s (status)) AS r`,
      on: [raw('t.origin = r.key'), raw('t.status = r.status')],
      count: count * statuses.length,
    });
  }
  if (hasNone) ranges.push({ keys, on: [raw('t.origin = r.key'), raw('t.status IS NULL')], count });
  return { ranges, covered: new Set(['origin', 'status']), time: TIME_SPELLINGS.plain };
}

function listOf(values: readonly string[]): Sql {
  return sql`unnest(${param(values, 'text[]')}) AS r (key)`;
}

/** The few distinct origins, by a loose scan of the index: one look-up for each. */
function originsOf(entity: 'build' | 'test'): Sql {
  const table = `${entity}s`;
  return raw(`(WITH RECURSIVE o (key) AS (
  (SELECT origin FROM ${table} ORDER BY origin LIMIT 1)
  UNION ALL
  SELECT (SELECT n.origin FROM ${table} n WHERE n.origin > o.key ORDER BY n.origin LIMIT 1) FROM o WHERE o.key IS NOT NULL
) SELECT key FROM o WHERE key IS NOT NULL) AS r`);
}

/** Whether the best plan depends on the values: a range, a subtree or a list's item may match nearly all rows or hardly any. */
export function dependsOnValues(where: AnyWhere): boolean {
  return (
    ['compatible', 'gitCommitTags', 'category', 'startTime', 'duration', 'number', 'timestamp'].some((field) =>
      where.has(field),
    ) ||
    narrowsPath(where) ||
    (where.get('gitCommitHash')?.prefix ?? null) !== null
  );
}

/** Builds by their checkouts, tests by the builds of the checkouts. Null: nothing fits. */
function byCheckouts(entity: 'build' | 'test', where: AnyWhere): AccessPath | null {
  const time = TIME_SPELLINGS.plain;
  const checkout = conditionsOn('checkout', where, { fields: CHECKOUT_FIELDS, row: 'c', time });
  if (checkout === null) return null;
  if (entity === 'build') {
    const keys = sql`(SELECT c.id AS key FROM checkouts c WHERE ${allOf(checkout)}) AS r`;
    return {
      ranges: [{ keys, on: [raw('t.checkout_id = r.key')], count: Infinity }],
      covered: new Set(CHECKOUT_FIELDS),
      time,
    };
  }
  const build = conditionsOn('build', where, { fields: BUILD_FIELDS, row: 'b', time });
  if (build === null) return null;
  const keys = sql`(SELECT b.id AS key FROM checkouts c CROSS JOIN LATERAL (${buildsOf(raw('c.id'), build)}) b WHERE ${allOf(checkout)}) AS r`;
  return {
    ranges: [{ keys, on: [raw('t.build_id = r.key')], count: Infinity }],
    covered: new Set([...CHECKOUT_FIELDS, ...BUILD_FIELDS]),
    time,
  };
}

/** OFFSET 0 keeps a look-up for each checkout from becoming a join with a scan of all builds. */
export function buildsOf(checkoutId: Sql, conditions: readonly Sql[] = []): Sql {
  return sql`SELECT b.id FROM builds b WHERE ${allOf([sql`b.checkout_id = ${checkoutId}`, ...conditions])} OFFSET 0`;
}
