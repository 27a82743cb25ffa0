import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../../contract/errors.ts';

/**
 * A file without a name, that only this process can read: the name goes as soon as the file is open, so that whatever ends
 * the process frees the disk.
 *
 * @throws {SourceError} SOURCE_UNAVAILABLE where the folder takes no file.
 */
export async function openTemporaryFile(folder: string): Promise<FileHandle> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${randomUUID()}.temporary`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return file;
  } catch (cause) {
    throw noRoom(cause);
  }
}

/** Appends, whole or not at all as far as the caller can tell. @throws {SourceError} SOURCE_UNAVAILABLE where there is no room. */
export async function append(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, null);
      done += bytesWritten;
    }
  } catch (cause) {
    throw noRoom(cause);
  }
}

/** What a door answers when the gateway's own disk fails: nothing was stored, and another try makes sense. */
export function noRoom(cause: unknown): SourceError {
  const message = 'The gateway cannot keep a document of this size at the moment: its disk is full or not writable.';
  return new SourceError('SOURCE_UNAVAILABLE', message, { cause });
}
