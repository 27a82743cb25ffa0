import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Logger } from '../contract/adapter.ts';

export interface DiskStoreOptions extends FileForm {
  readonly source: string;
  readonly log: Logger;
}

/** A row as SQLite gives it. */
export type DiskRow = Readonly<Record<string, unknown>>;

/** Statements over the file, prepared once. */
export interface DiskStatements {
  run(statement: string, ...values: readonly SQLInputValue[]): { readonly changes: number };
  get(statement: string, ...values: readonly SQLInputValue[]): DiskRow | undefined;
  all(statement: string, ...values: readonly SQLInputValue[]): readonly DiskRow[];
}

/**
 * A source's own file on disk, on SQLite: what was written is whole after a kill at any moment. A file that is damaged or
 * not ours is set aside and begun anew. Where nothing can be written (a full disk, a folder that is read-only) the store
 * goes on without, and `fault` says so in a sentence.
 *
 * Statements hold up the event loop: make each small.
 */
export class DiskStore {
  readonly #options: DiskStoreOptions;
  #database: DatabaseSync | null = null;
  #statements = new Map<string, StatementSync>();
  #openingFault: string | null = null;
  #writingFault: string | null = null;

  constructor(options: DiskStoreOptions) {
    this.#options = options;
  }

  /** Why what is learnt is not kept, as a sentence; null where it is. */
  get fault(): string | null {
    return this.#openingFault ?? this.#writingFault;
  }

  get isOpen(): boolean {
    return this.#database !== null;
  }

  open(): void {
    if (this.#database !== null) return;
    const { log, source } = this.#options;
    try {
      const { database, found } = openFile(this.#options);
      this.#database = database;
      this.#openingFault = null;
      if (found === 'of another version') log.info({ source }, 'The file of a source has an older form: begun anew.');
      if (found === 'damaged or foreign')
        log.warn({ source }, 'The file of a source is damaged, or another program’s: it is set aside and begun anew.');
    } catch (err) {
      this.#openingFault = 'What is learnt cannot be kept on disk, so that it is learnt anew after a restart.';
      log.warn({ source, err }, this.#openingFault);
      this.#database = openMemory(this.#options);
    }
  }

  close(): void {
    const database = this.#database;
    this.#database = null;
    this.#statements.clear();
    if (database !== null) closeQuietly(database);
  }

  /** Removes the file, and makes it anew. */
  beginAnew(): void {
    this.close();
    try {
      removeFile(this.#options.file);
    } catch {
      // Opening finds out what the matter is.
    }
    this.open();
  }

  /** What a task reads; `otherwise` where the file is closed, or turned out to be damaged and is begun anew. */
  read<T>(task: (statements: DiskStatements) => T, otherwise: T): T {
    if (this.#database === null) return otherwise;
    try {
      return task(this.#over(this.#database));
    } catch (error) {
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      if (fault === 'damaged') this.#giveUp(error);
      return otherwise;
    }
  }

  /** Runs a task in one transaction; false where nothing of it could be kept. */
  write(task: (statements: DiskStatements) => void): boolean {
    const database = this.#database;
    if (database === null) return false;
    try {
      database.exec('BEGIN IMMEDIATE');
      task(this.#over(database));
      database.exec('COMMIT');
      this.#writingFault = null;
      return true;
    } catch (error) {
      rollBack(database);
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      if (fault === 'damaged') this.#giveUp(error);
      else this.#cannotWrite(error, fault === 'busy');
      return false;
    }
  }

  #over(database: DatabaseSync): DiskStatements {
    const prepared = (statement: string): StatementSync => {
      const known = this.#statements.get(statement);
      if (known !== undefined) return known;
      const made = database.prepare(statement);
      this.#statements.set(statement, made);
      return made;
    };
    return {
      run: (statement, ...values) => ({ changes: Number(prepared(statement).run(...values).changes) }),
      get: (statement, ...values) => prepared(statement).get(...values),
      all: (statement, ...values) => prepared(statement).all(...values),
    };
  }

  #cannotWrite(err: unknown, isBusy: boolean): void {
    const { log, source } = this.#options;
    const why = isBusy ? 'another process holds its file' : 'the disk takes nothing more';
    const fault = `What is newly learnt is not kept on disk: ${why}.`;
    if (this.#writingFault === null) log.warn({ source, err }, fault);
    this.#writingFault = fault;
  }

  #giveUp(err: unknown): void {
    const { log, source, file } = this.#options;
    log.warn({ source, err }, 'The file of a source is damaged: it is set aside and begun anew.');
    this.close();
    try {
      setAside(file);
    } catch {
      // It went away by itself, or cannot be moved; opening finds out.
    }
    this.open();
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself.
  }
}

export interface FileForm {
  readonly file: string;
  /** Of the form of what is kept: a file of another version is begun anew. */
  readonly version: number;
  /** Statements that make the tables of an empty file. */
  readonly schema: string;
  /** Bytes that the file takes at most, beside its log of writes. */
  readonly maxFileBytes: number;
}

/** How a file was found. */
export type Found = 'as it was' | 'new' | 'of another version' | 'damaged or foreign';

/** "kcig" in ASCII: by it a file of ours is known. */
const APPLICATION_ID = 0x6b636967;
const PAGE_BYTES = 4096;
/** Pages in the log of writes after which they are moved to the file: few, so that it does not take long. */
const CHECKPOINT_PAGES = 256;

/**
 * Opens a file, or begins it: what is damaged or not ours is set aside, what is of another version is removed.
 * @throws where nothing can be opened at its path
 */
export function openFile(form: FileForm): { readonly database: DatabaseSync; readonly found: Found } {
  mkdirSync(dirname(form.file), { recursive: true });
  let found: Found;
  try {
    const database = connect(form);
    try {
      found = lookInto(database, form.version);
      if (found === 'as it was' || found === 'new') return { database: prepared(database, form, found), found };
    } catch (error) {
      closeQuietly(database);
      throw error;
    }
    closeQuietly(database);
  } catch (error) {
    if (sqliteFault(error) !== 'damaged') throw error;
    found = 'damaged or foreign';
  }
  if (found === 'of another version') removeFile(form.file);
  else setAside(form.file);
  return { database: prepared(connect(form), form, 'new'), found };
}

/** A database that is kept in memory only, for when no file can be had. */
export function openMemory(form: FileForm): DatabaseSync {
  return prepared(new DatabaseSync(':memory:'), form, 'new');
}

/** One file is kept for whoever wants to know what had happened to it. */
export function setAside(file: string): void {
  for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  renameSync(file, `${file}.set-aside`);
}

export function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // It is given up anyway.
  }
}

function connect({ file }: FileForm): DatabaseSync {
  return new DatabaseSync(file, { timeout: 200 });
}

export function removeFile(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}

function lookInto(database: DatabaseSync, version: number): Found {
  const tables = numberOf(database, 'SELECT count(*) AS number FROM sqlite_schema');
  if (tables === 0) return 'new';
  if (numberOf(database, 'SELECT application_id AS number FROM pragma_application_id') !== APPLICATION_ID)
    return 'damaged or foreign';
  const its = numberOf(database, 'SELECT user_version AS number FROM pragma_user_version');
  return its === version ? 'as it was' : 'of another version';
}

function numberOf(database: DatabaseSync, statement: string): number {
  return Number(database.prepare(statement).get()?.number);
}

function prepared(database: DatabaseSync, form: FileForm, found: Found): DatabaseSync {
  // What is committed outlives the process in any case; only with the machine's power may the last writes be lost.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${8 * CHECKPOINT_PAGES * PAGE_BYTES};
    PRAGMA max_page_count = ${Math.max(64, Math.ceil(form.maxFileBytes / PAGE_BYTES))};`);
  if (found !== 'new') return database;
  database.exec(`BEGIN IMMEDIATE; ${form.schema}
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${form.version}; COMMIT;`);
  return database;
}

/** What a failed statement means for whoever keeps data in the file. */
export type SqliteFault = 'damaged' | 'not kept' | 'busy';

/** Primary result codes of SQLite. */
const FAULTS: ReadonlyMap<number, SqliteFault> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'not kept'],
  [10, 'not kept'],
  [13, 'not kept'],
  [14, 'not kept'],
  [11, 'damaged'],
  [26, 'damaged'],
]);

/** Null for what is no fault of the file: an error of our own. */
export function sqliteFault(error: unknown): SqliteFault | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  // The upper bits tell more of the same.
  return FAULTS.get(error.errcode & 0xff) ?? null;
}
