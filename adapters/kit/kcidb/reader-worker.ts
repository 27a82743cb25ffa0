// The body of the thread that reads KCIDB documents.
import { parentPort } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import type { Fault, StoredObject } from '../../contract/adapter.ts';
import { type ByteSource, ChangedMeanwhile, chunksOf, FileBytes, MemoryBytes, sectionOf } from '../json/byte-source.ts';
import { answerJobs, type JobLine } from '../worker-pool.ts';
import type { ReaderEnd, ReaderJob } from './document-reader.ts';
import { LineWriter } from './object-lines.ts';
import { type DocumentFault, type ObjectTaker, TolerantVisitor, walkDocument } from './walk-document.ts';

const MAX_FAULTS = 10;
/** A shorter excerpt is not worth the while. */
const LARGE_EXCERPT = 256;
/** What a value takes in memory beside its text, about. */
const VALUE_BYTES = 40;
const NEWLINE = 0x0a;

answerJobs<ReaderJob, string, ReaderEnd>(parentPort, read);

function read(job: ReaderJob, line: JobLine<string>): ReaderEnd {
  const source =
    'file' in job.document ? new FileBytes(job.document.file, job.document.offset) : new MemoryBytes(job.document);
  const taker = new Taker(job, line);
  let documentCount = 0;
  let isBroken = false;
  for (const [place, document] of documentsIn(source, job.format)) {
    documentCount += 1;
    taker.place = place;
    const end = walked(document, taker, line);
    if (!(end instanceof TolerantVisitor)) {
      isBroken ||= isUnreadable(end);
      taker.fault({ id: null, message: end.message });
    }
    if (taker.isFull) break;
  }
  return { ...taker.end(), documentCount, isBroken };
}

function walked(document: ByteSource, taker: Taker, { isCancelled }: JobLine<string>): TolerantVisitor | Fault {
  try {
    return walkDocument(document, (version) => TolerantVisitor.of(version, taker), isCancelled);
  } catch (cause) {
    // It was JSON from end to end a moment ago.
    throw cause instanceof SyntaxError ? new ChangedMeanwhile({ cause }) : cause;
  }
}

/** Nothing can be said of what it holds; a document of an unknown version, or a list, is another matter. */
function isUnreadable({ rule }: Fault): boolean {
  return rule === 'json' || rule === 'storable';
}

/** Each document with what its faults begin with. */
function* documentsIn(
  source: ByteSource,
  format: ReaderJob['format'],
): Generator<readonly [place: string, document: ByteSource]> {
  if (format === 'json') {
    yield ['', source];
    return;
  }
  let number = 0;
  for (const [start, end] of linesIn(source)) {
    number += 1;
    const line = sectionOf(source, start, end);
    if (!isBlank(line)) yield [`line ${number}: `, line];
  }
}

/** Where the lines lie. Whoever reads one overwrites the chunk, so that it is done with before. */
function* linesIn(source: ByteSource): Generator<readonly [start: number, end: number]> {
  let start = 0;
  for (const [offset, chunk] of chunksOf(source, 0, source.size)) {
    const ends: number[] = [];
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) ends.push(offset + at);
    for (const end of ends) {
      yield [start, end];
      start = end + 1;
    }
  }
  if (start < source.size) yield [start, source.size];
}

function isBlank(source: ByteSource): boolean {
  for (const [, chunk] of chunksOf(source, 0, source.size)) {
    for (const byte of chunk) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

/** Hands the objects over, and counts. */
class Taker implements ObjectTaker {
  place = '';
  readonly #job: ReaderJob;
  readonly #line: JobLine<string>;
  readonly #writer: LineWriter;
  readonly #faults: DocumentFault[] = [];
  #faultCount = 0;
  #objectCount = 0;
  #bytes = 0;

  constructor(job: ReaderJob, line: JobLine<string>) {
    this.#job = job;
    this.#line = line;
    this.#writer = new LineWriter((lines) => line.give(lines));
  }

  get isFull(): boolean {
    return this.#cutBy !== null || this.#line.isCancelled();
  }

  get #cutBy(): ReaderEnd['cutBy'] {
    if (this.#objectCount > this.#job.maxObjects) return 'maxObjects';
    return this.#bytes > this.#job.maxBytes ? 'maxBytes' : null;
  }

  take(stored: StoredObject): void {
    this.#objectCount += 1;
    if (this.#cutBy !== null) return;
    this.#bytes += this.#writer.write(withDeflated(stored)) + VALUE_BYTES * valuesIn(stored);
  }

  fault({ id, message }: DocumentFault): void {
    this.#faultCount += 1;
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ id, message: `${this.place}${message}` });
  }

  end(): Omit<ReaderEnd, 'documentCount' | 'isBroken'> {
    this.#writer.flush();
    return {
      faults: this.#faults,
      faultCount: this.#faultCount,
      cutBy: this.#cutBy,
      keptBytes: this.#bytes,
    };
  }
}

/** Documents nest no deeper than the scanner allows. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const item of Object.values(value)) count += valuesIn(item);
  return count;
}

/** Excerpts are most of all bytes, and seldom asked for. */
function withDeflated(stored: StoredObject): object {
  const { entity, object } = stored;
  const text = 'logExcerpt' in object ? object.logExcerpt : null;
  if (text === null || text.length < LARGE_EXCERPT) return stored;
  const excerpt = deflateRawSync(text, { level: 1 }).toString('base64');
  return { entity, object: { ...object, logExcerpt: null }, excerpt };
}
