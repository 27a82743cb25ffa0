import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { StoredObject } from '../../adapter.ts';
import { CHANGED } from '../json/byte-source.ts';
import { JoinedValue } from '../json/value-lines.ts';
import { WorkerFailure, WorkerPool, workerFile } from '../worker-pool.ts';
import { isSliceOver, yieldToEventLoop } from '../yield-to-event-loop.ts';
import { storedObject } from './object-lines.ts';
import type { ReceivedDocument } from './read-document.ts';
import type { DocumentFormat, ReaderEnd, ReaderJob } from './reader-job.ts';

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
