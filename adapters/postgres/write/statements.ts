import type { EntityName } from '../../contract/model.ts';
import { type Column, EXCERPT, TABLES, type Table, timeText } from '../columns.ts';
import type { NamedStatement, Transaction } from '../connection/transaction.ts';
import type { Claim } from './merge.ts';
import type { Staging } from './staging.ts';

/** What loading an entity takes. Rows go in as one JSON list of objects by column. */
interface LoadStatements {
  /** $1 rows with distinct keys. Inserts those that are not there, in the order of their keys; gives the `place` of the others. */
  readonly insert: NamedStatement;
  /** $1 ids, $2 the versions beside them (issues only). Locks the rows that are there in the order of their keys, and gives them. */
  readonly lock: NamedStatement;
  /** $1 ids. Gives their log excerpts. */
  readonly excerpts: NamedStatement | null;
  /** $1 ids. Removes their log excerpts. */
  readonly dropExcerpts: NamedStatement | null;
  /** $1 whole rows, of which all are there and locked (an excerpt only where it changes); $2 their ids, so that no plan reads the whole table. */
  readonly update: NamedStatement;
}

/** Written, but never merged: it follows from the URL. */
const REPOSITORY_KEY: Column = { name: 'repository_key', field: '', type: 'text', merge: 'first' };

export const LOAD_STATEMENTS: { readonly [E in EntityName]: LoadStatements } = {
  checkout: statementsOf(TABLES.checkout),
  build: statementsOf(TABLES.build),
  test: statementsOf(TABLES.test),
  issue: statementsOf(TABLES.issue),
  incident: statementsOf(TABLES.incident),
};

function statementsOf(table: Table): LoadStatements {
  const keys = table.key.join(', ');
  const written = [...table.columns, ...(table.entity === 'checkout' ? [REPOSITORY_KEY] : [])];
  const names = written.map((column) => column.name).join(', ');
  const first = table.firstKnown ? ', first_known' : '';
  const firstNow = table.firstKnown ? ', now()' : '';
  const record = recordOf(table, [...written, ...(table.logs === null ? [] : [EXCERPT])]);
  const sameKey = (a: string, b: string) => table.key.map((name) => `${a}.${name} = ${b}.${name}`).join(' AND ');
  const insertLogs = (source: string, conflict = '') =>
    table.logs === null
      ? ''
      : `, logs AS (INSERT INTO ${table.logs} (id, log_excerpt)
          SELECT id, log_excerpt FROM incoming ${source} WHERE log_excerpt IS NOT NULL ${conflict})`;
  return {
    insert: {
      name: `insert-${table.name}`,
      text: `WITH incoming AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS r(place integer, ${record})),
        inserted AS (
          INSERT INTO ${table.name} (${keys}, ${names}, timestamp${first})
          SELECT ${keys}, ${names}, now()${firstNow} FROM incoming ORDER BY ${keys}
          ON CONFLICT DO NOTHING RETURNING ${keys}
        )${insertLogs(`JOIN inserted USING (${keys})`)}
        SELECT place FROM incoming LEFT JOIN inserted ON ${sameKey('inserted', 'incoming')} WHERE inserted.id IS NULL`,
    },
    lock: {
      name: `lock-${table.name}`,
      text: `SELECT ${keys}, ${table.columns.map(({ name, type }) => (type === 'timestamptz' ? timeText(name, name) : name)).join(', ')} FROM ${table.name}
        WHERE id = ANY($1)${table.key.length > 1 ? ' AND (id, version) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))' : ''}
        ORDER BY ${keys} FOR UPDATE`,
    },
    excerpts:
      table.logs === null
        ? null
        : { name: `excerpts-${table.name}`, text: `SELECT id, log_excerpt FROM ${table.logs} WHERE id = ANY($1)` },
    dropExcerpts:
      table.logs === null
        ? null
        : { name: `drop-excerpts-${table.name}`, text: `DELETE FROM ${table.logs} WHERE id = ANY($1)` },
    update: {
      name: `update-${table.name}`,
      text: `WITH incoming AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS r(${record}))${insertLogs('', 'ON CONFLICT (id) DO UPDATE SET log_excerpt = excluded.log_excerpt')}
        UPDATE ${table.name} AS stored
        SET ${written.map(({ name }) => `${name} = incoming.${name}`).join(', ')}, timestamp = greatest(timestamp, now())
        FROM incoming WHERE ${sameKey('stored', 'incoming')} AND stored.id = ANY($2)`,
    },
  };
}

function recordOf(table: Table, columns: readonly Column[]): string {
  const keys = table.key.map((name) => (name === 'id' ? 'id text COLLATE "C"' : 'version bigint'));
  return [...keys, ...columns.map(({ name, type }) => `${name} ${type}`)].join(', ');
}

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

/** Records each value of a field once for each origin, however often it is reported. The object's row must be locked. */
export async function recordClaims(
  transaction: Transaction,
  entity: EntityName,
  claims: readonly RecordedClaim[],
): Promise<void> {
  if (claims.length > 0) await transaction.run(INSERT, [JSON.stringify(claims), entity]);
}

const ADD: NamedStatement = {
  name: 'add-issue-ids',
  text: `INSERT INTO issue_ids (id) SELECT DISTINCT id COLLATE "C" AS id FROM unnest($1::text[]) AS r(id) ORDER BY id ON CONFLICT DO NOTHING`,
};
const LOCK: NamedStatement = {
  name: 'lock-issue-ids',
  text: 'SELECT id FROM issue_ids WHERE id = ANY($1) ORDER BY id FOR UPDATE',
};
// Two statements, since there may never be two newest versions, not even within one.
const UNMARK: NamedStatement = {
  name: 'unmark-newest',
  text: `UPDATE issues SET newest = false WHERE id = ANY($1) AND newest
    AND EXISTS (SELECT FROM issues AS newer WHERE newer.id = issues.id AND newer.version > issues.version)`,
};
const MARK: NamedStatement = {
  name: 'mark-newest',
  text: `UPDATE issues SET newest = true WHERE id = ANY($1) AND NOT newest
    AND NOT EXISTS (SELECT FROM issues AS newer WHERE newer.id = issues.id AND newer.version > issues.version)`,
};

/**
 * Locks the ids of a document's issues, all versions, until the end of the transaction: without it two loads that add a
 * version each would both mark theirs as the newest. The rows of `issue_ids` are never removed.
 */
export async function lockIssues(transaction: Transaction, staging: Staging): Promise<void> {
  for await (const batch of staging.batches('issue')) await transaction.run(ADD, [batch.map(({ id }) => id)]);
  for await (const batch of staging.batches('issue')) await transaction.run(LOCK, [batch.map(({ id }) => id)]);
}

/** Marks the newest version of each; their ids must be locked. */
export async function markNewest(transaction: Transaction, staging: Staging): Promise<void> {
  for await (const batch of staging.batches('issue'))
    await markNewestOf(
      transaction,
      batch.map(({ id }) => id),
    );
}

export async function markNewestOf(transaction: Transaction, ids: readonly string[]): Promise<void> {
  await transaction.run(UNMARK, [ids]);
  await transaction.run(MARK, [ids]);
}
