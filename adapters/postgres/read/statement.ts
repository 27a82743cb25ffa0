import { type Call, type PageQuery, RELATION_TARGETS, type RelationName } from '../../contract/adapter.ts';
import type { EntityName } from '../../contract/model.ts';
import { TABLES } from '../columns.ts';
import { accessPathOf, dependsOnValues } from './access-path.ts';
import { conditionsOf, fieldsOf, NO_FIELDS, versionCondition } from './conditions.ts';
import { selectOf } from './objects.ts';
import { pageSql, TIME_SPELLINGS } from './page.ts';
import { type KeyRows, keyRows, RELATIONS } from './relations.ts';
import { raw, type Sql, sql } from './sql.ts';

/** The one statement that answers a call. */
export interface ReadStatement {
  readonly sql: Sql;
  readonly planByValues: boolean;
}
export interface ParentsStatement extends ReadStatement {
  readonly keys: KeyRows['keys'];
}

/** A page of an entity; null where nothing fits the filter. */
export function listStatement<E extends EntityName>(
  entity: E,
  query: PageQuery<E>,
  fields: Call['fields'],
): ReadStatement | null {
  const where = fieldsOf(query.where);
  const path = accessPathOf(entity, where, false);
  const conditions = path === null ? null : conditionsOf(entity, where, path.covered, path.time);
  if (path === null || conditions === null) return null;
  const piece = pageSql({
    entity,
    select: selectOf(entity, fields),
    time: path.time,
    conditions: [...versionCondition(entity, query.allVersions === true), ...conditions],
    ranges: path.ranges,
    order: query.order,
    after: query.after,
    limit: query.first + 1,
  });
  return { sql: piece, planByValues: dependsOnValues(where) };
}

/** A page below each parent; null where nothing fits the filter, or no parent can be in the database. */
export function relatedStatement<R extends RelationName>(
  relation: R,
  parents: readonly string[],
  query: PageQuery<EntityName>,
  fields: Call['fields'],
): ParentsStatement | null {
  const entity = RELATION_TARGETS[relation];
  const where = fieldsOf(query.where);
  const conditions = conditionsOf(entity, where, NO_FIELDS, TIME_SPELLINGS.plain);
  const { from, keys } = keyRows(RELATIONS[relation].parents, parents);
  if (conditions === null || keys.length === 0) return null;
  const { on, ranges = [] } = RELATIONS[relation];
  const allVersions = relation === 'versionsOfIssue' || query.allVersions === true;
  const page = pageSql({
    entity,
    select: selectOf(entity, fields),
    time: TIME_SPELLINGS.plain,
    conditions: [...(on === undefined ? [] : [raw(on)]), ...versionCondition(entity, allVersions), ...conditions],
    ranges,
    order: query.order,
    after: query.after,
    limit: query.first + 1,
  });
  const piece = sql`SELECT p.position, o.* FROM ${from} CROSS JOIN LATERAL (${page}) AS o`;
  return { sql: piece, keys, planByValues: dependsOnValues(where) };
}

/** Objects by their keys. */
export function getStatement(
  entity: EntityName,
  asked: readonly string[],
  fields: Call['fields'],
): ParentsStatement | null {
  const { from, keys } = keyRows(entity === 'issue' ? 'issue' : 'id', asked);
  if (keys.length === 0) return null;
  const on =
    entity === 'issue'
      ? 't.id = p.id AND CASE WHEN p.version IS NULL THEN t.newest ELSE t.version = p.version END'
      : 't.id = p.key';
  const { name } = TABLES[entity];
  // OFFSET 0 keeps a look-up for each key from becoming a join with a scan of the table.
  const row = sql`SELECT ${selectOf(entity, fields)} FROM ${raw(name)} t WHERE ${raw(on)} OFFSET 0`;
  return {
    sql: sql`SELECT p.position, o.* FROM ${from} CROSS JOIN LATERAL (${row}) AS o`,
    keys,
    planByValues: false,
  };
}
