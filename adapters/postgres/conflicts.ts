import type { EntityName } from '../model.ts';
import type { NamedStatement, Transaction } from './connection/transaction.ts';
import type { Claim } from './merge.ts';

/** What was said of an object, and whose report said so. A reader shows those values that the object does not. */
export interface RecordedClaim extends Claim {
  readonly id: string;
  /** Of an issue, else 0. */
  readonly version: number;
}

const INSERT: NamedStatement = {
  name: 'insert-conflicts',
  text: `INSERT INTO conflicts (entity, id, version, field, value, origin, at)
    SELECT $2, id, version, field, value, origin, now()
    FROM json_to_recordset($1) AS r(id text COLLATE "C", version bigint, field text, value jsonb, origin text)
    ON CONFLICT DO NOTHING`,
};

/** Keeps each value of a field once an origin, however often it is said. The object's row must be locked. */
export async function recordClaims(
  transaction: Transaction,
  entity: EntityName,
  claims: readonly RecordedClaim[],
): Promise<void> {
  if (claims.length > 0) await transaction.run(INSERT, [JSON.stringify(claims), entity]);
}
