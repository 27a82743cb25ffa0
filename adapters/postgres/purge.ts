import type { EntityName } from '../model.ts';
import { lockIssueIds, markNewestOf } from './issue-versions.ts';
import { LOAD_ORDER, STORED, type StoredEntity } from './stored-columns.ts';
import type { NamedStatement, Transaction } from './transaction.ts';

/** Rows a transaction: loads that touch the same objects wait no longer than that takes. */
const BATCH = 1000;

export type PurgeCounts = { readonly [E in EntityName]: number };

/**
 * Removes objects that no load has changed since a time, with their excerpts and conflicts, in many small transactions.
 * Of `origins`, or of all where it is null. With `dryRun` only counts them.
 */
export async function purge(
  transactions: () => Transaction,
  before: string,
  origins: readonly string[] | null,
  dryRun: boolean,
): Promise<PurgeCounts> {
  const counts = { checkout: 0, build: 0, test: 0, issue: 0, incident: 0 };
  for (const entity of LOAD_ORDER) {
    counts[entity] = dryRun
      ? await within(transactions(), (transaction) => count(transaction, STORED[entity], before, origins))
      : await purgeEntity(transactions, STORED[entity], before, origins);
  }
  return counts;
}

async function purgeEntity(
  transactions: () => Transaction,
  table: StoredEntity,
  before: string,
  origins: readonly string[] | null,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const batch = await within(transactions(), async (transaction) => {
      if (table.entity === 'issue') return purgeIssues(transaction, table, before, origins);
      const rows = await transaction.run<{ id: string }>(removeStatement(table), [before, origins]);
      return rows.length;
    });
    removed += batch;
    if (batch === 0) return removed;
  }
}

/** In the order of locks that loading has: the ids first, then their versions. */
async function purgeIssues(
  transaction: Transaction,
  table: StoredEntity,
  before: string,
  origins: readonly string[] | null,
): Promise<number> {
  const found = await transaction.run<{ id: string }>(
    {
      name: 'old-issues',
      text: `SELECT DISTINCT id FROM (SELECT id FROM issues WHERE ${OLD} ORDER BY timestamp LIMIT ${BATCH}) AS old ORDER BY id`,
    },
    [before, origins],
  );
  const ids = found.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await lockIssueIds(transaction, ids);
  const rows = await transaction.run(removeStatement(table, 'AND id = ANY($3)'), [before, origins, ids]);
  await markNewestOf(transaction, ids);
  return rows.length;
}

const OLD = 'timestamp < $1::timestamptz AND ($2::text[] IS NULL OR origin = ANY($2))';

function removeStatement(table: StoredEntity, condition = ''): NamedStatement {
  const keys = table.key.join(', ');
  const logs = table.logs === null ? '' : `, logs AS (DELETE FROM ${table.logs} WHERE id IN (SELECT id FROM removed))`;
  const version = table.key.length > 1 ? 'version' : '0::bigint';
  return {
    name: `purge-${table.name}`,
    text: `WITH old AS MATERIALIZED (
        SELECT ${keys} FROM ${table.name} WHERE ${OLD} ${condition} ORDER BY ${keys} LIMIT ${BATCH} FOR UPDATE
      ), removed AS (
        DELETE FROM ${table.name} WHERE (${keys}) IN (SELECT ${keys} FROM old) RETURNING ${keys}
      ), said AS (
        DELETE FROM conflicts WHERE entity = '${table.entity}'
          AND (id, version) IN (SELECT id, ${version} FROM removed)
      )${logs}
      SELECT id FROM removed`,
  };
}

async function count(
  transaction: Transaction,
  table: StoredEntity,
  before: string,
  origins: readonly string[] | null,
): Promise<number> {
  const rows = await transaction.run<{ count: number }>(
    { name: `old-${table.name}`, text: `SELECT count(*) FROM ${table.name} WHERE ${OLD}` },
    [before, origins],
  );
  return rows[0]?.count ?? 0;
}

async function within<T>(transaction: Transaction, use: (transaction: Transaction) => Promise<T>): Promise<T> {
  try {
    const result = await use(transaction);
    await transaction.commit();
    return result;
  } finally {
    await transaction.rollback();
  }
}
