import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A lock that the operating system drops when its holder dies, however it dies: that of an SQLite file, since Node has no
 * flock. Pid files would have to be judged stale, and two that judge at once can both win.
 */
export class FileLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Null where another holds it in a way that rules this one out. */
  static tryTake(file: string, kind: 'shared' | 'exclusive'): FileLock | null {
    const database = open(file);
    try {
      database.exec(kind === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN');
      // A shared lock is taken by the first read, and kept until the transaction ends.
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return new FileLock(database);
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return null;
      throw unwritable(file, error);
    }
  }

  /** Waits for it as long as need be. */
  static async take(file: string, kind: 'shared' | 'exclusive'): Promise<FileLock> {
    for (;;) {
      const lock = FileLock.tryTake(file, kind);
      if (lock !== null) return lock;
      await sleep(20);
    }
  }

  release(): void {
    this.#database.close();
  }
}

/** SQLite's codes. */
const BUSY = 5;
const READONLY = 8;
const CANTOPEN = 14;

function open(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** SQLite hides what the system said. */
function unwritable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  if (error.errcode !== READONLY && error.errcode !== CANTOPEN) return error;
  return Object.assign(new Error(`${file} cannot be written.`, { cause: error }), { code: 'EACCES' });
}
