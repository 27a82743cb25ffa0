import type { DiskStatements } from '../disk-store.ts';
import type { IndexEntry, PutOptions } from './index-entry.ts';

/** An entry as it is written. */
export interface WrittenEntry {
  readonly kind: string;
  readonly key: string;
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly time: string | null;
  readonly record: string;
  readonly bytes: number;
}

/** What an entry takes beside its texts: its rows and their places in the indices, measured. */
const ROW_BYTES = 200;

export function written<R>({ kind = '', key, names = {}, time, record }: IndexEntry<R>): WrittenEntry {
  const text = JSON.stringify(record);
  const nameBytes = Object.values(names).reduce(
    (sum, list) => sum + list.reduce((all, one) => all + one.length + 40, 0),
    0,
  );
  return {
    kind,
    key,
    names,
    time,
    record: text,
    bytes: Buffer.byteLength(text) + 2 * key.length + nameBytes + ROW_BYTES,
  };
}

/** Writes entries within a transaction. Those that are there already keep their place. */
export function putEntries(sql: DiskStatements, entries: readonly WrittenEntry[], options: PutOptions): void {
  const now = Date.now();
  const { owner, front = false } = options;
  const stays = new Set<number>();
  let added = 0;
  let bytes = 0;
  for (const entry of entries) {
    const known = sql.get('SELECT id, bytes FROM entry WHERE kind = ? AND key = ?', entry.kind, entry.key);
    if (known === undefined) {
      stays.add(insert(sql, entry, owner ?? null, now, front));
      added += 1;
      bytes += entry.bytes;
      continue;
    }
    const id = Number(known.id);
    sql.run(
      'UPDATE entry SET owner = ?, time = ?, learnt = ?, bytes = ?, record = ? WHERE id = ?',
      ...[owner ?? null, entry.time, now, entry.bytes, entry.record, id],
    );
    sql.run('DELETE FROM name WHERE entry = ?', id);
    insertNames(sql, entry, id);
    stays.add(id);
    bytes += entry.bytes - Number(known.bytes);
  }
  addToTotal(sql, added, bytes);
  if (owner === undefined) return;
  const owned = sql.all('SELECT id, bytes FROM entry WHERE owner = ?', owner);
  removeRows(
    sql,
    owned.filter(({ id }) => !stays.has(Number(id))),
  );
}

/** Removes entries by their rows, with their names. */
export function removeRows(sql: DiskStatements, rows: readonly Readonly<Record<string, unknown>>[]): void {
  let bytes = 0;
  for (const row of rows) {
    sql.run('DELETE FROM name WHERE entry = ?', Number(row.id));
    sql.run('DELETE FROM entry WHERE id = ?', Number(row.id));
    bytes += Number(row.bytes);
  }
  if (rows.length > 0) addToTotal(sql, -rows.length, -bytes);
}

function insert(sql: DiskStatements, entry: WrittenEntry, owner: string | null, now: number, front: boolean): number {
  const end = sql.get(
    front
      ? 'SELECT min(sequence) - 1 AS next FROM entry WHERE kind = ?'
      : 'SELECT max(sequence) + 1 AS next FROM entry WHERE kind = ?',
    entry.kind,
  );
  const row = sql.get(
    `INSERT INTO entry (kind, key, sequence, owner, time, learnt, bytes, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     RETURNING id`,
    ...[entry.kind, entry.key, Number(end?.next ?? 0), owner, entry.time, now, entry.bytes, entry.record],
  );
  const id = Number(row?.id);
  insertNames(sql, entry, id);
  return id;
}

function insertNames(sql: DiskStatements, { kind, names }: WrittenEntry, id: number): void {
  for (const [space, list] of Object.entries(names)) {
    for (const name of list) sql.run('INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)', kind, space, name, id);
  }
}

function addToTotal(sql: DiskStatements, entries: number, bytes: number): void {
  sql.run('UPDATE total SET entries = entries + ?, bytes = bytes + ?', entries, bytes);
}
