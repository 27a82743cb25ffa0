import type { Drive } from './drive.ts';
import { BUILD_FIELDS, CHECKOUT_FIELDS, conditionsOn } from './field-conditions.ts';
import type { AnyWhere } from './filter-fields.ts';
import { TIME_SPELLINGS } from './keyset.ts';
import { allOf, raw, type Sql, sql } from './sql.ts';

/** Builds by their checkouts, tests by the builds of the checkouts. Null: nothing fits. */
export function byCheckouts(entity: 'build' | 'test', where: AnyWhere): Drive | null {
  const checkout = conditionsOn('checkout', where, CHECKOUT_FIELDS, 'c', TIME_SPELLINGS.plain);
  if (checkout === null) return null;
  if (entity === 'build') {
    const keys = sql`(SELECT c.id AS key FROM checkouts c WHERE ${allOf(checkout)}) AS r`;
    return {
      arms: [{ keys, on: [raw('t.checkout_id = r.key')], count: Infinity }],
      fields: new Set(CHECKOUT_FIELDS),
      time: TIME_SPELLINGS.plain,
    };
  }
  const build = conditionsOn('build', where, BUILD_FIELDS, 'b', TIME_SPELLINGS.plain);
  if (build === null) return null;
  const keys = sql`(SELECT b.id AS key FROM checkouts c CROSS JOIN LATERAL (${buildsOf(raw('c.id'), build)}) b WHERE ${allOf(checkout)}) AS r`;
  return {
    arms: [{ keys, on: [raw('t.build_id = r.key')], count: Infinity }],
    fields: new Set([...CHECKOUT_FIELDS, ...BUILD_FIELDS]),
    time: TIME_SPELLINGS.plain,
  };
}

/** OFFSET 0 keeps a look-up for each checkout from becoming a join with a scan of all builds. */
export function buildsOf(checkoutId: Sql, conditions: readonly Sql[] = []): Sql {
  return sql`SELECT b.id FROM builds b WHERE ${allOf([sql`b.checkout_id = ${checkoutId}`, ...conditions])} OFFSET 0`;
}
