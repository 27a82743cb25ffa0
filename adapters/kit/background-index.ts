import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { AdapterEnv, Page, PageItem, Place } from '../contract/adapter.ts';
import { parseExactJson } from '../contract/exact-json.ts';
import type { Json } from '../contract/model.ts';
import { type DiskStatements, DiskStore } from './disk-store.ts';
import {
  behindPlace,
  byBeginning,
  byKey,
  byName,
  type IndexEntry,
  type IndexReach,
  type LearntEntry,
  type PutOptions,
  portions,
  putEarlier,
  putEntries,
  removeRows,
  SCHEMA,
  SCHEMA_VERSION,
  Unkept,
  type WrittenEntry,
  written,
} from './index-table.ts';

export type { IndexEntry, IndexReach, LearntEntry, PutOptions } from './index-table.ts';

export interface BackgroundIndexOptions {
  /** Of the records: an index that was written by another version is begun anew. Below 1,000. */
  readonly version: number;
  /** Of the file; `index` where left out. */
  readonly name?: string;
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** What the file itself may take; beyond it the disk counts as full. Four times `maxBytes` where left out. */
  readonly maxFileBytes?: number;
}

const EVICT_ENTRIES = 50;

/**
 * What a source has learnt of a system that cannot be looked up in, or only slowly: kept on disk, so that a restart
 * answers at once, and bounded: those that were put longest ago go first. The adapter fills it in `env.background`.
 *
 * Reading is immediate. All texts of keys and names compare exactly.
 */
export class BackgroundIndex<R> {
  readonly #options: BackgroundIndexOptions;
  readonly #store: DiskStore;
  readonly #unkept = new Unkept();

  constructor(options: BackgroundIndexOptions, env: Pick<AdapterEnv, 'dataDir' | 'source' | 'log'>) {
    this.#options = options;
    this.#store = new DiskStore({
      file: join(env.dataDir, `${options.name ?? 'index'}.sqlite`),
      version: SCHEMA_VERSION * 1000 + options.version,
      schema: SCHEMA,
      // Indices take as much again as what they point to; the bound itself is kept by eviction.
      maxFileBytes: options.maxFileBytes ?? 4 * options.maxBytes + 1024 * 1024,
      source: env.source,
      log: env.log,
    });
  }

  /** Opens its file, or begins it. Never throws because of the disk. */
  open(): void {
    this.#store.open();
  }

  /** From then on it is empty and takes nothing, until it is opened again. */
  close(): void {
    this.#store.close();
    this.#unkept.clear();
  }

  /** Forgets all of it. */
  beginAnew(): void {
    this.#unkept.clear();
    this.#store.beginAnew();
  }

  /** Entries that are there already are replaced, and keep their place. Without an owner they are written in portions. */
  async put(entries: readonly IndexEntry<R>[], options: PutOptions = {}): Promise<void> {
    const all = entries.map(written);
    await this.#catchUp();
    if (options.owner !== undefined) this.#write(all, options);
    else {
      for (const portion of portions(all)) {
        this.#write(portion, options);
        await turn();
      }
    }
    while (this.#evict()) await turn();
  }

  /** Those that are there, by key. */
  get(keys: readonly string[], kind = ''): ReadonlyMap<string, LearntEntry<R>> {
    const found = new Map<string, LearntEntry<R>>();
    this.#store.read((sql) => {
      for (const key of keys) {
        const entry = byKey<R>(sql, kind, key);
        if (entry !== null) found.set(key, this.#newest(kind, entry));
      }
    }, undefined);
    if (this.#unkept.size === 0) return found;
    for (const key of keys) {
      const held = found.has(key) ? undefined : this.#unkept.get<R>(kind, key);
      if (held !== undefined) found.set(key, held);
    }
    return found;
  }

  /** Those that have a name in a space, by name, in the order in which they were learnt; at most `limit` a name. */
  find(
    space: string,
    names: readonly string[],
    kind = '',
    limit = 10_000,
  ): ReadonlyMap<string, readonly LearntEntry<R>[]> {
    const found = new Map<string, readonly LearntEntry<R>[]>();
    for (const name of new Set(names)) {
      const entries = this.#read(kind, (sql) => byName<R>(sql, kind, space, name, limit));
      if (entries.length > 0) found.set(name, entries);
    }
    if (this.#unkept.size === 0) return found;
    for (const name of new Set(names)) {
      const known = found.get(name) ?? [];
      const more = this.#unkept.find<R>(kind, space, (one) => one === name);
      const others = more.filter(({ key }) => known.every((entry) => entry.key !== key));
      if (others.length > 0) found.set(name, [...known, ...others].slice(0, limit));
    }
    return found;
  }

  /** Those that have a name in a space with this beginning, each once, by name. */
  startingWith(space: string, prefix: string, limit: number, kind = ''): readonly LearntEntry<R>[] {
    const entries = this.#read(kind, (sql) => byBeginning<R>(sql, kind, space, prefix, limit));
    if (this.#unkept.size === 0) return entries;
    const more = this.#unkept.find<R>(kind, space, (name) => name.startsWith(prefix));
    const others = more.filter(({ key }) => entries.every((entry) => entry.key !== key));
    return [...entries, ...others].slice(0, limit);
  }

  /** In the order in which they were learnt, at most `limit` behind a place (null: from the first). */
  after(sequence: number | null, limit: number, kind = ''): readonly LearntEntry<R>[] {
    const from = sequence ?? Number.MIN_SAFE_INTEGER;
    const entries = this.#read(kind, (sql) => behindPlace<R>(sql, kind, from, limit));
    if (this.#unkept.size === 0 || entries.length >= limit) return entries;
    const more = this.#unkept.after<R>(kind, from).filter(({ key }) => !this.#isOnDisk(kind, key));
    return [...entries, ...more].slice(0, limit);
  }

  /**
   * A page of a list of the paging `offset`, in the order in which its rows were learnt. Its marks hold across restarts,
   * however many rows come or go. What `toItem` gives null for is passed over.
   * @param isFilling more is to be learnt: at the end `hasMore` stays true, and the page is `pending`
   * @param among only these, which stand in that order already
   */
  page<T>(
    query: { readonly first: number; readonly after: Place | null },
    toItem: (entry: LearntEntry<R>) => Omit<PageItem<T>, 'mark'> | null,
    {
      kind = '',
      isFilling = false,
      among,
    }: { readonly kind?: string; readonly isFilling?: boolean; readonly among?: readonly LearntEntry<R>[] } = {},
  ): Page<T> {
    const epoch = this.#epoch();
    const items: PageItem<T>[] = [];
    let from = query.after === null ? null : this.#sequenceOf(query.after, kind, epoch);
    for (;;) {
      const limit = query.first - items.length + 1;
      const rows = among === undefined ? this.after(from, limit, kind) : behind(among, from).slice(0, limit);
      for (const entry of rows) {
        const item = toItem(entry);
        if (item !== null && items.length === query.first) return { items, hasMore: true };
        if (item !== null) items.push({ ...item, mark: `${epoch}.${entry.sequence}` });
        from = entry.sequence;
      }
      if (rows.length < limit) return { items, hasMore: isFilling, ...(isFilling && { pending: true as const }) };
    }
  }

  /** Those that were last put before a time (milliseconds since the epoch), the oldest first. */
  putBefore(time: number, limit: number, kind = ''): readonly LearntEntry<R>[] {
    return this.#read(kind, (sql) => putEarlier<R>(sql, kind, time, limit));
  }

  /** How many there are of a kind on disk. */
  count(kind = ''): number {
    return this.#store.read(
      (sql) => Number(sql.get('SELECT count(*) AS number FROM entry WHERE kind = ?', kind)?.number),
      0,
    );
  }

  remove(keys: readonly string[], kind = ''): void {
    for (const key of keys) this.#unkept.delete(kind, key);
    this.#store.write((sql) => {
      const rows = keys.flatMap((key) => sql.all('SELECT id, bytes FROM entry WHERE kind = ? AND key = ?', kind, key));
      removeRows(sql, rows);
    });
  }

  /** What an owner had put. */
  removeOwned(owner: string): void {
    this.#store.write((sql) => removeRows(sql, sql.all('SELECT id, bytes FROM entry WHERE owner = ?', owner)));
  }

  /** How far a sweep is, or whatever else it must know again after a restart; null where nothing was set. */
  progress(name: string): Json {
    return this.#store.read((sql) => {
      const value = sql.get('SELECT value FROM progress WHERE name = ?', name)?.value;
      return typeof value === 'string' ? parseExactJson(value) : null;
    }, null);
  }

  setProgress(name: string, value: Json): void {
    this.#store.write((sql) => sql.run('INSERT OR REPLACE INTO progress VALUES (?, ?)', name, JSON.stringify(value)));
  }

  /** For `health`: how much it holds, and why new entries are not kept, where that is so. */
  reach(): IndexReach {
    const total = this.#store.read((sql) => sql.get('SELECT entries, bytes FROM total'), undefined);
    const entries = Number(total?.entries ?? 0) + this.#unkept.size;
    return { entries, bytes: Number(total?.bytes ?? 0), fault: this.#store.fault };
  }

  #read(kind: string, read: (sql: DiskStatements) => readonly LearntEntry<R>[]): readonly LearntEntry<R>[] {
    return this.#store.read(read, []).map((entry) => this.#newest(kind, entry));
  }

  #write(entries: readonly WrittenEntry[], options: PutOptions): void {
    // A file that was found to be damaged is begun anew, and takes them at the second try.
    const isKept = this.#store.write((sql) => putEntries(sql, entries, options)) || this.#isKeptAnew(entries, options);
    if (!isKept && this.#store.isOpen) this.#unkept.hold(entries);
    else if (this.#unkept.size > 0) for (const { kind, key } of entries) this.#unkept.delete(kind, key);
  }

  #isKeptAnew(entries: readonly WrittenEntry[], options: PutOptions): boolean {
    return this.#store.fault === null && this.#store.write((sql) => putEntries(sql, entries, options));
  }

  /** Once the disk takes something again, it is given first what it did not take before. */
  async #catchUp(): Promise<void> {
    if (this.#unkept.size === 0) return;
    for (const portion of portions(this.#unkept.entries())) {
      if (!this.#store.write((sql) => putEntries(sql, portion, {}))) return;
      for (const { kind, key } of portion) this.#unkept.delete(kind, key);
      await turn();
    }
  }

  /** Removes a few of those put longest ago, each with what its owner put; false where there is room. */
  #evict(): boolean {
    const { maxEntries, maxBytes } = this.#options;
    const { entries, bytes } = this.#store.read((sql) => sql.get('SELECT entries, bytes FROM total'), undefined) ?? {};
    if (!(Number(entries) > maxEntries || Number(bytes) > maxBytes)) return false;
    const share = Math.min(EVICT_ENTRIES, Math.max(1, Math.ceil(Number(entries) / 20)));
    return this.#store.write((sql) => {
      const oldest = sql.all('SELECT id, bytes, owner FROM entry ORDER BY learnt, id LIMIT ?', share);
      const owners = new Set(oldest.flatMap(({ owner }) => (typeof owner === 'string' ? [owner] : [])));
      removeRows(
        sql,
        oldest.filter(({ owner }) => owner === null),
      );
      for (const owner of owners) removeRows(sql, sql.all('SELECT id, bytes FROM entry WHERE owner = ?', owner));
    });
  }

  /** What of an entry could not be written is newer than what is on disk. */
  #newest(kind: string, entry: LearntEntry<R>): LearntEntry<R> {
    const held = this.#unkept.size === 0 ? undefined : this.#unkept.get<R>(kind, entry.key);
    return held === undefined ? entry : { ...held, sequence: entry.sequence };
  }

  #isOnDisk(kind: string, key: string): boolean {
    return this.#store.read(
      (sql) => sql.get('SELECT id FROM entry WHERE kind = ? AND key = ?', kind, key) !== undefined,
      false,
    );
  }

  /** Tells one file from another that was begun in its place, in which places mean nothing. */
  #epoch(): string {
    const known = this.progress('epoch');
    if (typeof known === 'string') return known;
    const epoch = randomUUID().slice(0, 8);
    this.setProgress('epoch', epoch);
    return epoch;
  }

  #sequenceOf({ mark = '', tie }: Place, kind: string, epoch: string): number | null {
    const [itsEpoch, sequence] = mark.split('.');
    if (itsEpoch === epoch && /^-?\d{1,16}$/.test(sequence ?? '')) return Number(sequence);
    // The tie of an issue's version begins with its id.
    const [key = tie] = tie.split(' ');
    return this.get([key], kind).get(key)?.sequence ?? null;
  }
}

function behind<R>(entries: readonly LearntEntry<R>[], sequence: number | null): readonly LearntEntry<R>[] {
  return sequence === null ? entries : entries.filter((entry) => entry.sequence > sequence);
}
