import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOCK = '.lock';
const BUSY = 5;

/** The ending of a document that waits, and of one that is still being received. */
export const WAITING = '.document';
export const PARTIAL = '.partial';

/**
 * The folder of one gateway within the spool. Several gateways may share a spool: each works on its own folder, and takes
 * over what a dead one left. A folder is its owner's as long as the lock beside it is held, which the operating system
 * drops when the owner dies, however it dies.
 */
export class SpoolFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;
  readonly #lockFile: string;

  private constructor(path: string, lockFile: string, lock: DatabaseSync) {
    this.path = path;
    this.#lockFile = lockFile;
    this.#lock = lock;
  }

  /** Makes a folder of its own in the spool, with all that waits in folders of the dead. */
  static open(spool: string): SpoolFolder {
    makeFolder(spool);
    const name = randomUUID();
    const lockFile = join(spool, `${name}${LOCK}`);
    // The lock comes before the folder: a folder without a held lock is nobody's.
    const lock = tryLock(lockFile);
    if (lock === null) throw new Error('A new lock is held by somebody else.');
    const folder = new SpoolFolder(join(spool, name), lockFile, lock);
    mkdirSync(folder.path, { mode: 0o700 });
    for (const entry of readdirSync(spool, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== name && entry.name !== FAILED) takeOver(spool, entry.name, folder.path);
    }
    return folder;
  }

  /** The documents that wait, oldest first. */
  waiting(): readonly string[] {
    return readdirSync(this.path)
      .filter((name) => name.endsWith(WAITING))
      .sort();
  }

  /** Gives the folder up; what waits in it is the next gateway's. */
  close(): void {
    const isEmpty = readdirSync(this.path).length === 0;
    if (isEmpty) rmSync(this.path, { recursive: true });
    this.#lock.close();
    if (isEmpty) removeLock(this.#lockFile);
  }
}

/** Where documents go that cannot be processed for reasons that lie here. */
export const FAILED = 'failed';

function makeFolder(spool: string): void {
  try {
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    accessSync(spool, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `The folder ${spool}, in which submissions wait, cannot be written: allow it, or name another dataDir.`,
      {
        cause,
      },
    );
  }
}

function takeOver(spool: string, name: string, into: string): void {
  const lockFile = join(spool, `${name}${LOCK}`);
  const lock = tryLock(lockFile);
  if (lock === null) return;
  try {
    const from = join(spool, name);
    for (const file of readdirSync(from)) {
      if (file.endsWith(WAITING)) renameSync(join(from, file), join(into, file));
    }
    // What is left was not received whole, and nobody was told that it was.
    rmSync(from, { recursive: true, force: true });
  } catch (error) {
    // Another gateway was quicker: it took everything and removed the folder.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  } finally {
    lock.close();
    removeLock(lockFile);
  }
}

/** SQLite keeps a journal beside it. */
function removeLock(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}-journal`, { force: true });
}

/** Locks through SQLite, since Node has no flock. Null where a living process holds it. */
function tryLock(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return null;
    throw error;
  }
}
