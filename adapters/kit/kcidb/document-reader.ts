import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { StoredObject } from '../../contract/adapter.ts';
import { CHANGED } from '../json/byte-source.ts';
import { JoinedValue } from '../json/value-lines.ts';
import { WorkerFailure, WorkerPool, workerFile } from '../worker-pool.ts';
import { isSliceOver, yieldToEventLoop } from '../yield-to-event-loop.ts';
import { storedObject } from './object-lines.ts';
import { append, openTemporaryFile } from './temporary-file.ts';
import type { DocumentFault } from './walk-document.ts';

/** An object of a document. */
export interface ReadObject {
  readonly stored: StoredObject;
  /** The log excerpt, which the object lacks then, as {@link inflateExcerpt} takes it; null where the object has its own. */
  readonly excerpt: Uint8Array | null;
}

/** What a text of KCIDB documents held. */
export interface ReadDocuments extends ReaderEnd {
  /** In the order of the text, upgraded to version 5.3. */
  readonly objects: readonly ReadObject[];
}

/** How much is taken of documents. */
export interface ReadLimits {
  readonly maxObjects: number;
  /** That the objects take in memory, about. */
  readonly maxBytes: number;
}

/** A file was written to while it was read: another try makes sense. */
export class DocumentChanged extends Error {
  constructor(options: ErrorOptions) {
    super('The document changed while it was read.', options);
  }
}

const inflate = promisify(inflateRaw);

/**
 * Reads KCIDB documents of any version and size as streams, object by object, in a thread of its own, so that whoever asks
 * meanwhile is answered.
 */
export class DocumentReader {
  readonly #pool = new WorkerPool<ReaderJob, string, ReaderEnd>(workerFile('reader-worker', import.meta.url), 1);

  /**
   * One document after the other, in the order of the calls. A file must not be closed until it is read.
   * @throws {DocumentChanged} where the file changes meanwhile; {Error} where it cannot be read
   */
  async read(
    document: ReceivedDocument,
    format: DocumentFormat,
    limits: ReadLimits,
    signal: AbortSignal,
  ): Promise<ReadDocuments> {
    const objects: ReadObject[] = [];
    const joined = new JoinedValue();
    const bytes = document.kind === 'file' ? { file: document.file.fd, offset: document.offset } : document.bytes;
    const job = { document: bytes, format, ...limits };
    const take = async (lines: string) => {
      for (const line of linesOf(lines)) {
        const value = joined.add(line);
        if (value !== undefined) objects.push(readObject(value));
        if (isSliceOver()) await yieldToEventLoop();
      }
    };
    try {
      return { ...(await this.#pool.run(job, signal, take)), objects };
    } catch (error) {
      throw error instanceof WorkerFailure && error.code === CHANGED ? new DocumentChanged({ cause: error }) : error;
    }
  }

  /** Ends the thread; the next document starts another. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** The text of a log excerpt. */
export async function inflateExcerpt(excerpt: Uint8Array): Promise<string> {
  return (await inflate(excerpt)).toString('utf8');
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** The excerpt as it came, in base64, is not kept. */
function readObject(line: unknown): ReadObject {
  const stored = storedObject(line);
  const excerpt = excerptOf(line);
  Reflect.deleteProperty(stored, 'excerpt');
  return { stored, excerpt };
}

function excerptOf(line: unknown): Uint8Array | null {
  if (typeof line !== 'object' || line === null || !('excerpt' in line)) return null;
  return Buffer.from(String(line.excerpt), 'base64');
}

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

/** `ndjson`: one document a line. */
export type DocumentFormat = 'json' | 'ndjson';

/** KCIDB documents for the reading thread. */
export interface ReaderJob {
  /** The bytes, or the descriptor of a file that stays open until the job is done. */
  readonly document: Uint8Array | { readonly file: number; readonly offset: number };
  readonly format: DocumentFormat;
  /** Reading stops behind so many objects. */
  readonly maxObjects: number;
  /** Reading stops behind so many bytes that the objects take in memory, about. */
  readonly maxBytes: number;
}

/** How the reading of documents ended. */
export interface ReaderEnd {
  /** The first of the faults; what they name is left out. */
  readonly faults: readonly DocumentFault[];
  readonly faultCount: number;
  readonly documentCount: number;
  /** The text, or a line of it, is not JSON: half written, or something else altogether. */
  readonly isBroken: boolean;
  /** The limit that the rest went beyond; null where all was read. */
  readonly cutBy: 'maxObjects' | 'maxBytes' | null;
  /** About how many bytes the objects take in memory. */
  readonly keptBytes: number;
}
