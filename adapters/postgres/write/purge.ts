import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError } from '../../contract/errors.ts';
import type { EntityName } from '../../contract/model.ts';
import { LOAD_ORDER, TABLES, type Table } from '../columns.ts';
import type { NamedStatement, Transaction, TransactionKind } from '../connection/transaction.ts';
import { markNewestOf } from './statements.ts';

/** Rows in one transaction, which loads have to wait for. */
const BATCH = 1000;

type Begin = (kind: TransactionKind) => Transaction;
export type PurgeCounts = { readonly [E in EntityName]: number };

/**
 * Removes objects that no load has changed since a time, with their excerpts and conflicts, in many small transactions.
 * Of `origins`, or of all where it is null. With `dryRun` only counts them.
 */
export async function purge(
  begin: Begin,
  before: string,
  origins: readonly string[] | null,
  dryRun: boolean,
): Promise<PurgeCounts> {
  const counts = { checkout: 0, build: 0, test: 0, issue: 0, incident: 0 };
  for (const entity of LOAD_ORDER) {
    counts[entity] = dryRun
      ? await within(begin('read'), (transaction) => count(transaction, TABLES[entity], before, origins))
      : await purgeEntity(begin, TABLES[entity], before, origins);
  }
  return counts;
}

async function purgeEntity(
  begin: Begin,
  table: Table,
  before: string,
  origins: readonly string[] | null,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const batch = await whenNobodyLoads(begin, async (transaction) => {
      const rows = await transaction.run<{ id: string }>(removeStatement(table), [before, origins]);
      if (table.entity === 'issue') await markNewestOf(transaction, [...new Set(rows.map(({ id }) => id))]);
      return rows.length;
    });
    removed += batch;
    if (batch === 0) return removed;
  }
}

const OLD = 'timestamp < $1::timestamptz AND ($2::text[] IS NULL OR origin = ANY($2))';

function removeStatement(table: Table): NamedStatement {
  const keys = table.key.join(', ');
  const logs = table.logs === null ? '' : `, logs AS (DELETE FROM ${table.logs} WHERE id IN (SELECT id FROM removed))`;
  const version = table.key.length > 1 ? 'version' : '0::bigint';
  return {
    name: `purge-${table.name}`,
    text: `WITH old AS MATERIALIZED (
        SELECT ${keys} FROM ${table.name} WHERE ${OLD} ORDER BY timestamp LIMIT ${BATCH}
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
  table: Table,
  before: string,
  origins: readonly string[] | null,
): Promise<number> {
  const rows = await transaction.run<{ count: number }>(
    { name: `count-old-${table.name}`, text: `SELECT count(*) FROM ${table.name} WHERE ${OLD}` },
    [before, origins],
  );
  return rows[0]?.count ?? 0;
}

/** Tries again until no load runs; loads continue between two tries. */
async function whenNobodyLoads<T>(begin: Begin, use: (transaction: Transaction) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await within(begin('purge'), use);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await sleep(1000);
    }
  }
}

function isLockTimeout(error: unknown): boolean {
  const cause = error instanceof SourceError ? error.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === '55P03';
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
