import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ReceivedDocument, WHOLE_BYTES } from '../../adapters/kit/kcidb/document-reader.ts';
import { append, noRoom } from '../../adapters/kit/kcidb/temporary-file.ts';

const LOCK = '.lock';
const BUSY = 5;

/** The ending of a document that waits, and of one that is still being received. */
export const WAITING = '.document';
export const PARTIAL = '.partial';

const FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A document that was being received: order, receipt id. */
const RECEIVING = /^\d{15}-\d{9}-[0-9a-f]{32}\.partial$/;

/**
 * The folder of one gateway within the spool. Several gateways may share a spool: each works on its own folder, and takes
 * over what a dead one left. A folder is its owner's as long as the lock beside it is held, which the operating system
 * drops when the owner dies, however it dies.
 */
export class SpoolFolder {
  readonly path: string;
  /** Names of folders and files in the spool that kcigraph did not make. */
  readonly foreign: readonly string[];
  readonly #lock: DatabaseSync;
  readonly #lockFile: string;

  private constructor(path: string, foreign: readonly string[], lockFile: string, lock: DatabaseSync) {
    this.path = path;
    this.foreign = foreign;
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
    const path = join(spool, name);
    mkdirSync(path, { mode: 0o700 });
    const foreign: string[] = [];
    for (const entry of readdirSync(spool, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === name || entry.name === FAILED) continue;
      if (isOurs(spool, entry.name)) foreign.push(...takeOver(spool, entry.name, path));
      else foreign.push(entry.name);
    }
    return new SpoolFolder(path, foreign, lockFile, lock);
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
    if (isEmpty) rmdirSync(this.path);
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

/** A folder of a gateway has a name that only this module gives, and its lock beside it for as long as it is there. */
function isOurs(spool: string, name: string): boolean {
  return FOLDER.test(name) && existsSync(join(spool, `${name}${LOCK}`));
}

/** Gives what it leaves, since no gateway put it there. */
function takeOver(spool: string, name: string, into: string): readonly string[] {
  const lockFile = join(spool, `${name}${LOCK}`);
  const lock = tryLock(lockFile);
  if (lock === null) return [];
  let isDone = true;
  try {
    const from = join(spool, name);
    const left: string[] = [];
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      const file = join(from, entry.name);
      if (entry.isFile() && entry.name.endsWith(WAITING)) renameSync(file, join(into, entry.name));
      // It was not received whole, and nobody was told that it was.
      else if (entry.isFile() && RECEIVING.test(entry.name)) rmSync(file, { force: true });
      else left.push(join(name, entry.name));
    }
    if (left.length === 0) rmdirSync(from);
    else isDone = false;
    return left;
  } catch (error) {
    // Another gateway was quicker: it took everything and removed the folder.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return [];
  } finally {
    lock.close();
    if (isDone) removeLock(lockFile);
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

/** What stands before a spooled document: whose it is, and under which id its receipt is asked for. */
export interface SpoolHeader {
  readonly id: string;
  readonly origins: readonly string[] | null;
  /** When it was received: RFC 3339, UTC. */
  readonly time: string;
}

const NEWLINE = 0x0a;
const MAX_HEADER_BYTES = 1024 * 1024;

/**
 * Writes a document to the folder so that it survives whatever happens after the promise resolves: the header as one line
 * of JSON, then the body as it came. Gives the name of the file.
 */
export async function writeSpooled(
  folder: string,
  name: string,
  header: SpoolHeader,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  const partial = join(folder, `${name}${PARTIAL}`);
  const file = await open(partial, 'wx', 0o600).catch((cause: unknown) => {
    throw noRoom(cause);
  });
  try {
    await append(file, Buffer.from(`${JSON.stringify(header)}\n`));
    for await (const chunk of body) {
      signal.throwIfAborted();
      await append(file, chunk);
    }
    signal.throwIfAborted();
    await settle(file, partial, join(folder, `${name}${WAITING}`), folder);
  } catch (error) {
    await file.close();
    await unlink(partial).catch(() => undefined);
    throw error;
  }
  return `${name}${WAITING}`;
}

/** Opens a spooled document; null where the file is none. */
export async function readSpooled(
  path: string,
): Promise<{ readonly header: SpoolHeader; readonly document: ReceivedDocument } | null> {
  const file = await open(path, 'r');
  let isHandedOn = false;
  try {
    const { size } = await file.stat();
    const start = Buffer.alloc(Math.min(size, MAX_HEADER_BYTES));
    await file.read(start, 0, start.length, 0);
    const offset = start.indexOf(NEWLINE) + 1;
    const header = offset === 0 ? null : parseHeader(start.subarray(0, offset).toString('utf8'));
    if (header === null) return null;
    if (size - offset > WHOLE_BYTES) {
      isHandedOn = true;
      return { header, document: { kind: 'file', file, offset, close: () => file.close() } };
    }
    const bytes = Buffer.alloc(size - offset);
    await file.read(bytes, 0, bytes.length, offset);
    return { header, document: { kind: 'memory', bytes, close: async () => {} } };
  } finally {
    // Node ends the process where it finds a handle that nobody closed.
    if (!isHandedOn) await file.close();
  }
}

/** The header alone; null where there is none to be read. */
export async function readHeader(path: string): Promise<SpoolHeader | null> {
  const spooled = await readSpooled(path).catch(() => null);
  await spooled?.document.close();
  return spooled?.header ?? null;
}

async function settle(file: FileHandle, partial: string, path: string, folder: string): Promise<void> {
  try {
    await file.sync();
    await file.close();
    await rename(partial, path);
    // The name is in the folder, and the folder has to reach the disk too.
    const directory = await open(folder, 'r');
    await directory.sync().finally(() => directory.close());
  } catch (cause) {
    throw noRoom(cause);
  }
}

function parseHeader(line: string): SpoolHeader | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    if (!('id' in value && 'origins' in value && 'time' in value)) return null;
    const { id, origins, time } = value;
    if (typeof id !== 'string' || typeof time !== 'string') return null;
    if (origins === null) return { id, origins, time };
    return Array.isArray(origins) && origins.every((one) => typeof one === 'string') ? { id, origins, time } : null;
  } catch {
    return null;
  }
}
