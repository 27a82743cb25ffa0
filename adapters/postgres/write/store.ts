import type pg from 'pg';
import type { Fault, Logger, Receipt, Store, Submitter } from '../../adapter.ts';
import { Semaphore } from '../../kit/semaphore.ts';
import { toSourceError } from '../connection/faults.ts';
import type { Pools } from '../connection/pool.ts';
import { type Beginning, type NamedStatement, Transaction } from '../connection/transaction.ts';
import type { PostgresOptions } from '../options.ts';
import { load } from './load.ts';
import { purge } from './purge.ts';

/** Milliseconds between two clearings of old receipts. */
const CLEARING = 3_600_000;

/** The write side of the native store. */
export function createStore(pools: Pools, options: PostgresOptions, log: Logger): Store {
  const begin = (beginning: Beginning) => new Transaction(() => pools.loads(), options.prepare, beginning);
  // Waited for before the first object is read, and without the time limit that the pool has: a load may take minutes.
  const turns = new Semaphore(options.loadPoolSize);
  let cleared = 0;
  const clear = async () => {
    if (Date.now() - cleared < CLEARING) return;
    cleared = Date.now();
    // Nobody waits for it, and it is tried again.
    await asSource(async () => dropOldReceipts(await pools.loads())).catch((error: unknown) =>
      log.warn({ err: error }, 'Old receipts could not be removed.'),
    );
  };
  return {
    async load(objects, by, call) {
      const counts = await turns.run(() => load(begin('load'), objects, by, call.signal), call.signal);
      await clear();
      return counts;
    },
    receipt: (id) => asSource(async () => readReceipt(await pools.loads(), id)),
    record: (receipt) => asSource(async () => keepReceipt(await pools.loads(), receipt)),
    migrate: () => pools.migrate(),
    async purge(before, origins, dryRun) {
      const counts = await purge(begin, before, origins, dryRun);
      await asSource(async () => dropOldReceipts(await pools.loads()));
      return counts;
    },
  };
}

async function asSource<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toSourceError(error);
  }
}

/** How long a receipt is shown. */
const KEPT = `interval '30 days'`;

const KEEP: NamedStatement = {
  name: 'keep-receipt',
  text: `INSERT INTO receipts (id, origins, state, errors, time) VALUES ($1, $2, $3, $4, coalesce($5, now()))
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, errors = excluded.errors, time = excluded.time`,
};

/** Within the transaction that stores the document. */
export async function keepProcessed(transaction: Transaction, by: Submitter): Promise<void> {
  await transaction.run(KEEP, [by.submission, by.origins, 'processed', '[]', null]);
}

export async function keepReceipt(pool: pg.Pool, receipt: Receipt): Promise<void> {
  await pool.query(KEEP.text, [
    receipt.id,
    receipt.origins,
    receipt.state,
    JSON.stringify(receipt.errors),
    receipt.time,
  ]);
}

export async function readReceipt(pool: pg.Pool, id: string): Promise<Receipt | null> {
  const { rows } = await pool.query<{
    id: string;
    origins: readonly string[] | null;
    state: Receipt['state'];
    errors: readonly Fault[];
    time: string;
  }>(
    `SELECT id, origins, state, errors, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time
      FROM receipts WHERE id = $1 AND time > now() - ${KEPT}`,
    [id],
  );
  return rows[0] ?? null;
}

/** Removes receipts that are shown no more; never waits for anybody who does the same. */
export async function dropOldReceipts(pool: pg.Pool): Promise<void> {
  await pool.query(
    `DELETE FROM receipts WHERE id IN (
      SELECT id FROM receipts WHERE time <= now() - ${KEPT} ORDER BY time LIMIT 10000 FOR UPDATE SKIP LOCKED
    )`,
  );
}
