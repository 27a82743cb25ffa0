import { Worker } from 'node:worker_threads';
import type { StoredObject } from '../../adapter.ts';
import { parseExactJson } from '../exact-json.ts';
import type { DocumentFault } from './document-objects.ts';
import type { DocumentFormat, ReaderAnswer, ReaderJob } from './reader-job.ts';

/** What a text of KCIDB documents held. */
export interface ReadDocuments {
  /** In the order of the text, upgraded to version 5.3. */
  readonly objects: readonly StoredObject[];
  /** The first faults; what they name is left out. */
  readonly faults: readonly DocumentFault[];
  readonly faultCount: number;
  /** The text, or a line of it, is no JSON: half written, or something else altogether. */
  readonly isBroken: boolean;
  /** There were more objects than allowed. */
  readonly isCutShort: boolean;
}

/** Reads KCIDB documents of any version and size in a thread of its own, so that whoever asks meanwhile is answered. */
export class DocumentReader {
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * One text after the other, in the order of the calls.
   * @param text bytes that are handed over, and gone here, or a string
   */
  read(text: Uint8Array | string, format: DocumentFormat, maxObjects: number): Promise<ReadDocuments> {
    const reading = this.#last.then(() => this.#read({ text, format, maxObjects }));
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  /** Ends the thread; the next text starts another. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  async #read(job: ReaderJob): Promise<ReadDocuments> {
    this.#worker ??= startWorker();
    const worker = this.#worker;
    const objects: StoredObject[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<ReadDocuments>();
    const onMessage = (answer: ReaderAnswer) => {
      if ('objects' in answer) for (const object of objectsIn(answer.objects)) objects.push(object);
      else resolve({ objects, ...answer });
    };
    const onError = (error: Error) => {
      if (this.#worker === worker) this.#worker = null;
      reject(error);
    };
    const onExit = () => onError(new Error('The thread that reads documents has ended.'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.ref();
    try {
      const isWhole = typeof job.text !== 'string' && job.text.byteLength === job.text.buffer.byteLength;
      const bytes = isWhole && typeof job.text !== 'string' ? job.text.buffer : null;
      worker.postMessage(job, bytes instanceof ArrayBuffer ? [bytes] : []);
      return await promise;
    } finally {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      worker.unref();
    }
  }
}

function objectsIn(text: string): readonly StoredObject[] {
  const objects: unknown = parseExactJson(text);
  return areObjects(objects) ? objects : [];
}

/** Made by our own thread a moment ago. */
function areObjects(value: unknown): value is readonly StoredObject[] {
  return Array.isArray(value);
}

function startWorker(): Worker {
  // Compiled files lie beside each other just as the sources do.
  const file = new URL(import.meta.url).pathname.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { name: 'documents' });
  // Whoever waits is told; one that fails while nobody does is started anew.
  return worker.on('error', () => undefined);
}
