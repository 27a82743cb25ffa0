import type { DiskRow, DiskStatements } from '../disk-store.ts';
import { parseExactJson } from '../exact-json.ts';
import type { LearntEntry } from './index-entry.ts';

const COLUMNS = 'entry.key, entry.time, entry.record, entry.sequence, entry.learnt';

/** The reading statements of an index; each gives at most `limit` entries of one kind. */
export function byKey<R>(sql: DiskStatements, kind: string, key: string): LearntEntry<R> | null {
  const row = sql.get(`SELECT ${COLUMNS} FROM entry WHERE kind = ? AND key = ?`, kind, key);
  return row === undefined ? null : entryOf<R>(row);
}

export function byName<R>(
  sql: DiskStatements,
  kind: string,
  space: string,
  name: string,
  limit: number,
): readonly LearntEntry<R>[] {
  const statement = `SELECT ${COLUMNS} FROM name JOIN entry ON entry.id = name.entry
    WHERE name.kind = ? AND name.space = ? AND name.name = ? ORDER BY entry.sequence LIMIT ?`;
  return sql.all(statement, kind, space, name, limit).map((row) => entryOf<R>(row));
}

/** By the name that begins so, each entry once. */
export function byBeginning<R>(
  sql: DiskStatements,
  kind: string,
  space: string,
  prefix: string,
  limit: number,
): readonly LearntEntry<R>[] {
  const statement = `SELECT ${COLUMNS} FROM name JOIN entry ON entry.id = name.entry
    WHERE name.kind = ? AND name.space = ? AND name.name >= ? AND name.name < ?
    GROUP BY entry.id ORDER BY min(name.name), entry.sequence LIMIT ?`;
  const rows = sql.all(statement, kind, space, prefix, `${prefix}\u{10ffff}`, limit);
  return rows.map((row) => entryOf<R>(row));
}

/** In the order learnt, behind a place. */
export function behindPlace<R>(
  sql: DiskStatements,
  kind: string,
  sequence: number,
  limit: number,
): readonly LearntEntry<R>[] {
  const statement = `SELECT ${COLUMNS} FROM entry WHERE kind = ? AND sequence > ? ORDER BY sequence LIMIT ?`;
  return sql.all(statement, kind, sequence, limit).map((row) => entryOf<R>(row));
}

/** Put before a time, the oldest first. */
export function putEarlier<R>(
  sql: DiskStatements,
  kind: string,
  time: number,
  limit: number,
): readonly LearntEntry<R>[] {
  const statement = `SELECT ${COLUMNS} FROM entry WHERE kind = ? AND learnt < ? ORDER BY learnt LIMIT ?`;
  return sql.all(statement, kind, time, limit).map((row) => entryOf<R>(row));
}

function entryOf<R>(row: DiskRow): LearntEntry<R> {
  const record = parseExactJson<R>(String(row.record));
  const time = typeof row.time === 'string' ? row.time : null;
  return { key: String(row.key), time, record, sequence: Number(row.sequence), learntAt: Number(row.learnt) };
}
