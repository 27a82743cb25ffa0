import { fstatSync, readSync } from 'node:fs';

/** The code of what is thrown where a file changes while it is read. */
export const CHANGED = 'DOCUMENT_CHANGED';

const CHUNK_BYTES = 1024 * 1024;

/** Bytes that can be read again and again from any place: a small document lies in memory, a large one in a file. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `start` up to `end`. They may be overwritten by the next call. */
  read(start: number, end: number): Uint8Array;
}

/** A document that lies in memory. */
export class MemoryBytes implements ByteSource {
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }
}

/** The rest of an open file from an offset on. It reads synchronously: for a worker thread, which has nobody to wait for it. */
export class FileBytes implements ByteSource {
  readonly size: number;
  readonly #file: number;
  readonly #offset: number;
  #buffer: Buffer<ArrayBuffer> = Buffer.alloc(0);

  /** @param file the descriptor of a file that does not change any more */
  constructor(file: number, offset: number) {
    this.#file = file;
    this.#offset = offset;
    this.size = fstatSync(file).size - offset;
  }

  read(start: number, end: number): Uint8Array {
    const length = Math.min(end, this.size) - start;
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(Math.max(length, CHUNK_BYTES));
    let done = 0;
    while (done < length) {
      const count = readSync(this.#file, this.#buffer, done, length - done, this.#offset + start + done);
      if (count === 0) throw new ChangedMeanwhile();
      done += count;
    }
    return this.#buffer.subarray(0, length);
  }
}

/** The file is not what it was when the reading began. */
export class ChangedMeanwhile extends Error {
  readonly code = CHANGED;

  constructor(options?: ErrorOptions) {
    super('The document changed while it was read.', options);
  }
}

/** A part of a source, as a source of its own. */
export function sectionOf(source: ByteSource, start: number, end: number): ByteSource {
  return { size: end - start, read: (from, to) => source.read(start + from, start + to) };
}

/** The chunks of a range, in order. */
export function* chunksOf(source: ByteSource, start: number, end: number): Generator<readonly [number, Uint8Array]> {
  for (let at = start; at < end; at += CHUNK_BYTES) {
    yield [at, source.read(at, Math.min(at + CHUNK_BYTES, end))];
  }
}
