import type pg from 'pg';
import type { Fault, Receipt, Submitter } from '../../contract/adapter.ts';
import type { NamedStatement, Transaction } from '../connection/transaction.ts';

/** How long a receipt can be read. */
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

/** Removes expired receipts. Never waits for another gateway that does the same. */
export async function dropOldReceipts(pool: pg.Pool): Promise<void> {
  await pool.query(
    `DELETE FROM receipts WHERE id IN (
      SELECT id FROM receipts WHERE time <= now() - ${KEPT} ORDER BY time LIMIT 10000 FOR UPDATE SKIP LOCKED
    )`,
  );
}
