import type { EntityName } from '../model.ts';
import { BUILD_FIELDS, CHECKOUT_FIELDS, conditionsOn } from './field-conditions.ts';
import type { AnyWhere } from './filter-fields.ts';
import type { TimeSpelling } from './keyset.ts';
import { allOf, raw, type Sql, sql } from './sql.ts';

/** No field drives: all of them filter. */
export const NO_FIELDS: ReadonlySet<string> = new Set();

/** The conditions of all fields but those that already drive, ancestors' by a look-up for each row; null where nothing can fit. */
export function conditionsOf(
  entity: EntityName,
  where: AnyWhere,
  driving: ReadonlySet<string>,
  time: TimeSpelling,
): Sql[] | null {
  const names = [...where.keys()].filter((name) => !driving.has(name));
  const ofBuilds = entity === 'test' ? names.filter((name) => BUILD_FIELDS.includes(name)) : [];
  const ofCheckouts =
    entity === 'test' || entity === 'build' ? names.filter((name) => CHECKOUT_FIELDS.includes(name)) : [];
  const own = conditionsOn(
    entity,
    where,
    names.filter((name) => !ofBuilds.includes(name) && !ofCheckouts.includes(name)),
    't',
    time,
  );
  const build = conditionsOn('build', where, ofBuilds, 'b', time);
  const checkout = conditionsOn('checkout', where, ofCheckouts, 'c', time);
  if (own === null || build === null || checkout === null) return null;
  if (ofBuilds.length + ofCheckouts.length === 0) return own;
  const hasCheckout =
    checkout.length === 0
      ? null
      : sql`(SELECT true FROM checkouts c WHERE c.id = ${raw(entity === 'build' ? 't' : 'b')}.checkout_id AND ${allOf(checkout)})`;
  if (entity === 'build') return [...own, ...(hasCheckout === null ? [] : [hasCheckout])];
  const above = hasCheckout === null ? build : [...build, hasCheckout];
  return [...own, sql`(SELECT true FROM builds b WHERE b.id = t.build_id AND ${allOf(above)})`];
}

/** Of issues the newest version of each. */
export function versionCondition(entity: EntityName, allVersions: boolean): Sql[] {
  return entity === 'issue' && !allVersions ? [raw('t.newest')] : [];
}
