import { parseExactJson } from '../contract/exact-json.ts';
import { BoundedCache } from './cache.ts';
import type { DiskRow, DiskStatements } from './disk-store.ts';

/** What an index keeps of one thing. */
export interface IndexEntry<R> {
  /** Lists of their own within one index, such as `issue` beside `test`; one unnamed list where left out. */
  readonly kind?: string;
  /** Names it within its kind. */
  readonly key: string;
  /** By what else it is found: by space (`commit`, `alias`), the names in it. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** What lists sort it by. */
  readonly time: string | null;
  /** As it is wanted back; whatever JSON can hold. */
  readonly record: R;
}

/** An entry as it is found again. */
export interface LearntEntry<R> {
  readonly key: string;
  readonly time: string | null;
  readonly record: R;
  /** Its place in the order in which things were learnt; it never changes while the entry is there. */
  readonly sequence: number;
  /** When it was last put, in milliseconds since the epoch. */
  readonly learntAt: number;
}

/** How much an index holds. */
export interface IndexReach {
  readonly entries: number;
  readonly bytes: number;
  /** Why new entries are not kept on disk, as a sentence; null where they are. */
  readonly fault: string | null;
}

export interface PutOptions {
  /**
   * Who says so: all entries are written in one transaction, and what the same owner had put before and is not among them
   * is removed.
   */
  readonly owner?: string;
  /** New ones stand before all others, the last of them first; else behind. */
  readonly front?: boolean;
}

const MAX_ENTRIES = 50;
const MAX_BYTES = 64 * 1024;

/** Entries in portions, none of which takes long to write. */
export function* portions(entries: readonly WrittenEntry[]): Iterable<readonly WrittenEntry[]> {
  let portion: WrittenEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (portion.length >= MAX_ENTRIES || (portion.length > 0 && bytes + entry.bytes > MAX_BYTES)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(entry);
    bytes += entry.bytes;
  }
  if (portion.length > 0) yield portion;
}

/** Of the tables below: raised with each change of them. */
export const SCHEMA_VERSION = 1;

/** `learnt` is milliseconds since the epoch; `name` is what an entry is found by beside its key. */
export const SCHEMA = `
  CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    owner TEXT,
    time TEXT,
    learnt INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (kind, key)
  ) STRICT;
  CREATE UNIQUE INDEX entry_sequence ON entry (kind, sequence);
  CREATE INDEX entry_owner ON entry (owner) WHERE owner IS NOT NULL;
  CREATE INDEX entry_learnt ON entry (learnt);
  CREATE INDEX entry_kind_learnt ON entry (kind, learnt);
  CREATE TABLE name (
    kind TEXT NOT NULL,
    space TEXT NOT NULL,
    name TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (kind, space, name, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX name_entry ON name (entry);
  CREATE TABLE progress (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE total (entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
  INSERT INTO total VALUES (0, 0);
`;

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

/** Above every place on disk. */
const FIRST_SEQUENCE = 2 ** 52;
const MAX_UNKEPT_ENTRIES = 2_000;
const MAX_UNKEPT_BYTES = 32 * 1024 * 1024;

interface Held {
  readonly entry: WrittenEntry;
  readonly sequence: number;
  readonly learntAt: number;
}

/** What could not be written, in memory until it can be; bounded, the oldest are given up. */
export class Unkept {
  readonly #held = new BoundedCache<Held>({
    maxEntries: MAX_UNKEPT_ENTRIES,
    maxBytes: MAX_UNKEPT_BYTES,
    sizeOf: ({ entry }) => entry.bytes,
  });
  #next = FIRST_SEQUENCE;

  get size(): number {
    return this.#held.size;
  }

  hold(entries: readonly WrittenEntry[]): void {
    for (const entry of entries) {
      const name = nameOf(entry.kind, entry.key);
      const sequence = this.#held.get(name)?.sequence ?? this.#next++;
      this.#held.set(name, { entry, sequence, learntAt: Date.now() });
    }
  }

  /** All, in the order in which they came, to be tried once more. */
  entries(): readonly WrittenEntry[] {
    return this.#inOrder().map(({ entry }) => entry);
  }

  clear(): void {
    this.#held.clear();
  }

  delete(kind: string, key: string): void {
    this.#held.delete(nameOf(kind, key));
  }

  get<R>(kind: string, key: string): LearntEntry<R> | undefined {
    const held = this.#held.get(nameOf(kind, key));
    return held && learnt<R>(held);
  }

  /** Those of a kind that lie behind a place. */
  after<R>(kind: string, sequence: number): readonly LearntEntry<R>[] {
    return this.#inOrder()
      .filter((held) => held.entry.kind === kind && held.sequence > sequence)
      .map((held) => learnt<R>(held));
  }

  /** Those of a kind with a name in a space that fits. */
  find<R>(kind: string, space: string, fits: (name: string) => boolean): readonly LearntEntry<R>[] {
    return this.#inOrder()
      .filter(({ entry }) => entry.kind === kind && (entry.names[space] ?? []).some(fits))
      .map((held) => learnt<R>(held));
  }

  #inOrder(): readonly Held[] {
    return [...this.#held.values()].sort((one, other) => one.sequence - other.sequence);
  }
}

function learnt<R>({ entry, sequence, learntAt }: Held): LearntEntry<R> {
  const record = parseExactJson<R>(entry.record);
  return { key: entry.key, time: entry.time, record, sequence, learntAt };
}

function nameOf(kind: string, key: string): string {
  return `${kind}\n${key}`;
}
