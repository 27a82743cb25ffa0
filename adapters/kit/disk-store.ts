import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Logger } from '../adapter.ts';
import { closeQuietly, type FileForm, openFile, openMemory, removeFile, setAside } from './disk-store/open-file.ts';
import { sqliteFault } from './disk-store/sqlite-fault.ts';

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
