import type { EntityName, Json } from '../model.ts';
import type { Differing } from './merge.ts';
import type { NamedStatement, Transaction } from './transaction.ts';

/** What was said of an object and is not shown, and whose report said so. */
export interface RecordedConflict extends Differing {
  readonly id: string;
  /** Of an issue, else 0. */
  readonly version: number;
  readonly origin: Json;
}

/** A value that was taken over after all: it is shown now, and no conflict any more. */
export interface SettledConflict extends Differing {
  readonly id: string;
  readonly version: number;
}

const INSERT: NamedStatement = {
  name: 'insert-conflicts',
  text: `INSERT INTO conflicts (entity, id, version, field, value, origin, at)
    SELECT $2, id, version, field, value, origin, now()
    FROM json_to_recordset($1) AS r(id text COLLATE "C", version bigint, field text, value jsonb, origin text)
    ON CONFLICT DO NOTHING`,
};

const DELETE: NamedStatement = {
  name: 'settle-conflicts',
  text: `DELETE FROM conflicts AS known USING json_to_recordset($1) AS r(id text COLLATE "C", version bigint, field text, value jsonb)
    WHERE known.entity = $2 AND known.id = r.id AND known.version = r.version AND known.field = r.field AND known.value = r.value
      AND known.id = ANY($3)`,
};

/** Keeps each value of a field once an origin, however often it is said. The object's row must be locked. */
export async function recordConflicts(
  transaction: Transaction,
  entity: EntityName,
  conflicts: readonly RecordedConflict[],
): Promise<void> {
  if (conflicts.length > 0) await transaction.run(INSERT, [JSON.stringify(conflicts), entity]);
}

export async function settleConflicts(
  transaction: Transaction,
  entity: EntityName,
  settled: readonly SettledConflict[],
): Promise<void> {
  if (settled.length === 0) return;
  await transaction.run(DELETE, [JSON.stringify(settled), entity, settled.map(({ id }) => id)]);
}
