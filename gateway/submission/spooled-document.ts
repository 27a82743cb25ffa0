import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReceivedDocument, WHOLE_BYTES } from '../../adapters/kit/kcidb/read-document.ts';
import { append, noRoom } from '../../adapters/kit/temporary-file.ts';
import { PARTIAL, WAITING } from './spool-folder.ts';

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
