import type { Order, Place } from '../../adapter.ts';
import type { EntityName } from '../../model.ts';
import { type Keyset, orderOf, pageOf, sortColumns, type TimeSpelling } from '../keyset.ts';
import { joined, raw, type Sql, sql } from '../sql.ts';
import { TABLES } from '../tables.ts';

/** Index ranges of `t`, one for each row `r` of `keys`. No row of `t` lies in two of them. */
export interface Arm {
  /** A FROM item named `r`. */
  readonly keys: Sql;
  readonly on: readonly Sql[];
  /** How many keys there are; Infinity where only the database knows. */
  readonly count: number;
}

/** A page of an entity's rows. */
export interface PageParts {
  readonly entity: EntityName;
  readonly select: Sql;
  /** How the index that drives the list spells the time. */
  readonly time: TimeSpelling;
  readonly conditions: readonly Sql[];
  readonly arms: readonly Arm[];
  readonly order: Order;
  readonly after: Place | null;
  readonly limit: number;
}

/** From so many ranges on, the newest row of each tells which of them can have a part in the page. */
const MANY_RANGES = 8;

/**
 * One range of an index is read in its order until the page is full. Several are merged: each gives its first rows, by
 * key only, and the columns are fetched for what is left. Of many ranges only those whose first row is among the first
 * `limit` first rows can be in the page, so that ranges x 1 + limit x limit keys are read at most, and not all rows.
 */
export function pageSql(parts: PageParts): Sql {
  const { entity, select, conditions, arms, order, limit } = parts;
  const { name } = TABLES[entity];
  const keyset = keysetOf(parts);
  const from = raw(`${name} t`);
  if (arms.length === 0) return pageOf({ select, from, conditions }, keyset, order, parts.after, limit);
  const isIssue = entity === 'issue';
  const key = isIssue ? raw('t.id, t.version') : raw('t.id');
  const merged = joined(
    arms.map((arm) => {
      const inRange = [...arm.on, ...conditions];
      const page = pageOf(
        { select: sql`${sortColumns(keyset)}, ${key}`, from, conditions: inRange },
        keyset,
        order,
        parts.after,
        limit,
      );
      return sql`SELECT k.* FROM ${rangesOf(arm, inRange, parts)} CROSS JOIN LATERAL (${page}) AS k`;
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

function rangesOf(arm: Arm, conditions: readonly Sql[], parts: PageParts): Sql {
  if (arm.count <= MANY_RANGES) return arm.keys;
  const { entity, order, after, limit } = parts;
  const keyset = keysetOf(parts);
  const source = { select: sortColumns(keyset), from: raw(`${TABLES[entity].name} t`), conditions };
  const first = pageOf(source, keyset, order, after, 1);
  return sql`(SELECT r.* FROM ${arm.keys} CROSS JOIN LATERAL (${first}) AS h
  ORDER BY ${raw(orderOf(keyset, order, 'h'))} LIMIT ${raw(String(limit))}) AS r`;
}

function keysetOf({ entity, time }: PageParts): Keyset {
  const { tie, mayLackTime } = TABLES[entity];
  return { time, tie, mayLackTime };
}
