import type { NamedStatement, Transaction } from './connection/transaction.ts';
import type { Spool } from './spool.ts';

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
export async function lockIssues(transaction: Transaction, spool: Spool): Promise<void> {
  for await (const batch of spool.batches('issue')) await transaction.run(ADD, [batch.map(({ id }) => id)]);
  for await (const batch of spool.batches('issue'))
    await lockIssueIds(
      transaction,
      batch.map(({ id }) => id),
    );
}

async function lockIssueIds(transaction: Transaction, ids: readonly string[]): Promise<void> {
  await transaction.run(LOCK, [ids]);
}

/** Marks the newest version of each; their ids must be locked. */
export async function markNewest(transaction: Transaction, spool: Spool): Promise<void> {
  for await (const batch of spool.batches('issue'))
    await markNewestOf(
      transaction,
      batch.map(({ id }) => id),
    );
}

export async function markNewestOf(transaction: Transaction, ids: readonly string[]): Promise<void> {
  await transaction.run(UNMARK, [ids]);
  await transaction.run(MARK, [ids]);
}
