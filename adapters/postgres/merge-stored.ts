import { SourceError } from '../errors.ts';
import { type RecordedConflict, recordConflicts, type SettledConflict, settleConflicts } from './conflicts.ts';
import { mergedColumns, rowsOf } from './insert-new.ts';
import { LOAD_STATEMENTS } from './load-statements.ts';
import { mergeReports } from './merge-reports.ts';
import type { SameKey } from './same-key.ts';
import { EXCERPT, type StoredEntity } from './stored-columns.ts';
import { type Row, withDerived } from './to-row.ts';
import type { Transaction } from './transaction.ts';

/** Merges reports into objects that are stored, under a lock of their rows; gives those that it changed. */
export async function mergeStored(
  transaction: Transaction,
  table: StoredEntity,
  groups: readonly SameKey[],
): Promise<ReadonlySet<SameKey>> {
  const stored = await lockStored(transaction, table, groups);
  if (groups.some(([first]) => !stored.has(keyOf(first)))) {
    // Purges keep off, so only a hand can have done it.
    throw new SourceError(
      'SOURCE_UNAVAILABLE',
      'Objects were removed while they were loaded: send the document again.',
    );
  }
  return new Set(await mergeFound(transaction, table, groups, stored));
}

async function mergeFound(
  transaction: Transaction,
  table: StoredEntity,
  groups: readonly SameKey[],
  stored: ReadonlyMap<string, Row>,
): Promise<readonly SameKey[]> {
  const changed: SameKey[] = [];
  const rows: Row[] = [];
  const conflicts: RecordedConflict[] = [];
  const settled: SettledConflict[] = [];
  const reports = groups.map((group) => [group, rowsOf(group)] as const);
  const excerpts = await excerptsOf(transaction, table, reports);
  for (const [group, said] of reports) {
    const { id, version } = group[0];
    const excerpt = excerpts.get(id);
    const shown = { ...stored.get(keyOf(group[0])), [EXCERPT.name]: excerpt };
    const merged = mergeReports(mergedColumns(table), shown, said);
    for (const conflict of merged.conflicts) conflicts.push({ ...conflict, id, version });
    if (!merged.changed) continue;
    changed.push(group);
    for (const item of merged.settled) settled.push({ ...item, id, version });
    // An excerpt that is stored is never written again.
    rows.push(withDerived(excerpt === undefined ? merged.row : { ...merged.row, [EXCERPT.name]: undefined }));
  }
  if (rows.length > 0) {
    await transaction.run(LOAD_STATEMENTS[table.entity].update, [JSON.stringify(rows), rows.map(({ id }) => id)]);
  }
  await recordConflicts(transaction, table.entity, conflicts);
  await settleConflicts(transaction, table.entity, settled);
  return changed;
}

async function lockStored(
  transaction: Transaction,
  table: StoredEntity,
  groups: readonly SameKey[],
): Promise<ReadonlyMap<string, Row>> {
  const ids = groups.map(([first]) => first.id);
  const values = table.key.length > 1 ? [ids, groups.map(([first]) => first.version)] : [ids];
  const rows = await transaction.run<Row>(LOAD_STATEMENTS[table.entity].lock, values);
  return new Map(rows.map((row) => [`${String(row.version ?? 0)} ${String(row.id)}`, row]));
}

/** Read after the rows are locked, by a statement of its own: what the locking statement joins would be as old as its start. */
async function excerptsOf(
  transaction: Transaction,
  table: StoredEntity,
  reports: readonly (readonly [SameKey, readonly Row[]])[],
): Promise<ReadonlyMap<string, string>> {
  const statement = LOAD_STATEMENTS[table.entity].excerpts;
  const ids = reports
    .filter(([, said]) => said.some((row) => row[EXCERPT.name] !== undefined))
    .map(([group]) => group[0].id);
  if (statement === null || ids.length === 0) return new Map();
  const rows = await transaction.run<{ id: string; log_excerpt: string }>(statement, [ids]);
  return new Map(rows.map((row) => [row.id, row.log_excerpt]));
}

function keyOf({ id, version }: { readonly id: string; readonly version: number }): string {
  return `${version} ${id}`;
}
