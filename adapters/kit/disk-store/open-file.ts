import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteFault } from './sqlite-fault.ts';

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
