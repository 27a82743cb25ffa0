import type { FileHandle } from 'node:fs/promises';
import { append, openTemporaryFile } from '../temporary-file.ts';

/**
 * Above so many bytes a document is judged in a worker thread, from a file: judging takes 10 to 40 ms a megabyte, and
 * several times that in a process that has just started, while nothing else runs.
 */
export const WHOLE_BYTES = 256 * 1024;

/** A document as it came: in memory, or from an offset on in a file that is closed by `close`. */
export type ReceivedDocument =
  | { readonly kind: 'memory'; readonly bytes: Uint8Array; close(): Promise<void> }
  | { readonly kind: 'file'; readonly file: FileHandle; readonly offset: number; close(): Promise<void> };

/**
 * Takes a body in, as fast as the disk does. What the body's iteration throws (the client left, the body is too large) is
 * thrown on, and nothing is left behind.
 */
export async function readDocument(
  body: AsyncIterable<Uint8Array>,
  folder: string,
  signal: AbortSignal,
): Promise<ReceivedDocument> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let file: FileHandle | null = null;
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      size += chunk.length;
      chunks.push(chunk);
      if (size <= WHOLE_BYTES) continue;
      file ??= await openTemporaryFile(folder);
      for (const one of chunks.splice(0)) await append(file, one);
    }
    signal.throwIfAborted();
  } catch (error) {
    await file?.close();
    throw error;
  }
  if (file === null) return { kind: 'memory', bytes: Buffer.concat(chunks), close: async () => {} };
  const open = file;
  return { kind: 'file', file: open, offset: 0, close: () => open.close() };
}
