import { type AdapterEnv, type EntityName, type Json, normaliseTime, SourceError } from '../kit/author.ts';
import {
  BackgroundIndex,
  type IndexEntry,
  type IndexReach,
  type LearntEntry,
  type PutOptions,
} from '../kit/background-index.ts';
import { isRaw, quote, type Raw, textOf } from './client.ts';
import type { CkiOptions } from './options.ts';

/** The rows of a list as far as they were read from its beginning, by their keys. */
export interface LearntList {
  /** Null in the place of what is no record. */
  readonly rows: readonly (Json | null)[];
  /** There are no others. */
  readonly isWhole: boolean;
  /** Milliseconds since it was read. */
  readonly age: number;
}

/** A record, and milliseconds since it was read. */
export interface LearntRecord {
  readonly raw: Json;
  readonly age: number;
}

const VERSION = 1;
const LIST = 'list';
const CLOCK_MS = 5_000;
/** An occurrence has no id of its own: it is kept with the list that it stands in. */
const KEYLESS: ReadonlySet<EntityName> = new Set(['incident']);

/**
 * What was learnt of the DataWarehouse, as it came, kept on disk: an index of checkouts by commit, which is filled in the
 * background, and all else that passed by, the oldest of which go first.
 */
export class Learnt {
  readonly checkouts: BackgroundIndex<Json>;
  readonly #objects: BackgroundIndex<Json>;

  constructor({ maxCheckouts, maxObjects, maxDisk: maxBytes }: CkiOptions, env: AdapterEnv) {
    this.checkouts = new BackgroundIndex(
      { version: VERSION, name: 'checkouts', maxEntries: maxCheckouts, maxBytes },
      env,
    );
    this.#objects = new BackgroundIndex({ version: VERSION, name: 'objects', maxEntries: maxObjects, maxBytes }, env);
  }

  open(): void {
    this.checkouts.open();
    this.#objects.open();
  }

  close(): void {
    this.checkouts.close();
    this.#objects.close();
  }

  reach(): IndexReach {
    return this.checkouts.reach();
  }

  /** Keeps records under their ids, and the numbers by which the source knows them too. */
  async keep(entity: EntityName, records: readonly (Json | null)[], options: PutOptions = {}): Promise<void> {
    const entries = records.flatMap((raw): IndexEntry<Json>[] => {
      const key = keyOf(entity, raw);
      if (!isRaw(raw) || key === null) return [];
      const hash = entity === 'checkout' ? textOf(raw, 'git_commit_hash')?.toLowerCase() : undefined;
      const number = numberIn(raw);
      const names = {
        ...(number === null ? {} : { number: [number] }),
        ...(hash === undefined ? {} : { commit: [hash] }),
      };
      const start = textOf(raw, 'start_time');
      return [{ kind: entity, key, names, time: start === null ? null : normaliseTime(start), record: raw }];
    });
    await this.#indexOf(entity).put(entries, options);
  }

  /** @param number by which the source knows it, in the place of its id */
  find(entity: EntityName, key: { readonly id: string | null; readonly number: string | null }): LearntRecord | null {
    const index = this.#indexOf(entity);
    const { id, number } = key;
    const byId = id === null ? undefined : index.get([id], entity).get(id);
    const found = byId ?? (number === null ? undefined : index.find('number', [number], entity, 1).get(number)?.[0]);
    return found === undefined ? null : { raw: found.record, age: ageOf(found) };
  }

  forget(entity: EntityName, id: string): void {
    this.#indexOf(entity).remove([id], entity);
  }

  /** Keeps a list from its beginning on. */
  async keepList(name: string, entity: EntityName, rows: readonly (Json | null)[], isWhole: boolean): Promise<void> {
    await this.keep(entity, rows);
    const keys = rows.map((raw) => (KEYLESS.has(entity) ? raw : keyOf(entity, raw)));
    await this.#objects.put([{ kind: LIST, key: name, time: null, record: { keys, isWhole } }]);
  }

  list(name: string, entity: EntityName): LearntList | null {
    const entry = this.#objects.get([name], LIST).get(name);
    if (entry === undefined || !isRaw(entry.record) || !Array.isArray(entry.record.keys)) return null;
    const keys: readonly Json[] = entry.record.keys;
    const isWhole = entry.record.isWhole === true;
    if (KEYLESS.has(entity)) return { rows: keys, isWhole, age: ageOf(entry) };
    const ids = keys.filter((key) => typeof key === 'string');
    const records = this.#indexOf(entity).get(ids, entity);
    const rows: (Json | null)[] = [];
    for (const key of keys) {
      const record = typeof key === 'string' ? records.get(key) : null;
      // What was given up to make room leaves a gap: the rows behind it are not known.
      if (record === undefined) return { rows, isWhole: false, age: ageOf(entry) };
      rows.push(record === null ? null : record.record);
    }
    return { rows, isWhole, age: ageOf(entry) };
  }

  #indexOf(entity: EntityName): BackgroundIndex<Json> {
    return entity === 'checkout' ? this.checkouts : this.#objects;
  }
}

/** What a record is kept under: its id, of an issue its number. */
export function keyOf(entity: EntityName, raw: Json | null): string | null {
  if (!isRaw(raw) || KEYLESS.has(entity)) return null;
  if (entity === 'issue' && typeof raw.id === 'number') return String(raw.id);
  return textOf(raw, 'id');
}

/**
 * A row that has no id to be kept under; null where there is none.
 * @throws {SourceError} where none of the rows has one: of such a list nothing is known, which is not that it is empty
 */
export function nameless(entity: EntityName, rows: readonly (Json | null)[]): SourceError | null {
  if (KEYLESS.has(entity)) return null;
  const [first = null] = rows.filter((raw) => raw !== null && keyOf(entity, raw) === null);
  if (first === null) return null;
  const message = `A row of the list of ${entity}s is left out, since it has no "id": ${quote(first)}`;
  const fault = new SourceError('SOURCE_BAD_DATA', message);
  if (rows.every((raw) => keyOf(entity, raw) === null)) throw fault;
  return fault;
}

function numberIn({ misc }: Raw): string | null {
  const number = isRaw(misc) ? misc.iid : undefined;
  return typeof number === 'number' && Number.isSafeInteger(number) ? String(number) : null;
}

/** Milliseconds since an entry was read. What was learnt in the future was so by a clock that has been put right since. */
export function ageOf({ learntAt }: LearntEntry<Json>): number {
  const age = Date.now() - learntAt;
  return age < -CLOCK_MS ? Number.MAX_SAFE_INTEGER : Math.max(0, age);
}

/** How far the sweep is. Kept on disk, so that a restart goes on from there. */
export interface Progress {
  /** The row from which to go on; null where nothing is left to be read. */
  readonly offset: number | null;
  /** When the walk began (milliseconds since the epoch). */
  readonly begun: number;
  /** All checkouts were read at least once, or as many as the index holds. */
  readonly isWhole: boolean;
}

export const NOTHING_READ: Progress = { offset: 0, begun: 0, isWhole: false };

/** As it was kept on disk. */
export function progressOf(json: Json): Progress {
  if (!isRaw(json)) return NOTHING_READ;
  const { offset, begun, isWhole } = json;
  return {
    offset: typeof offset === 'number' ? offset : null,
    begun: typeof begun === 'number' ? begun : 0,
    isWhole: isWhole === true,
  };
}
