import { isUtf8 } from 'node:buffer';
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

/** Finds the first byte of a text in chunks that is not UTF-8. */
export class Utf8Check {
  /** The bytes of a character that the last chunk ended in the middle of. */
  #carry: Uint8Array = new Uint8Array(0);
  #offset = 0;

  /** The offset of the first character that is wrong; -1 where there is none so far. */
  push(chunk: Uint8Array): number {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const start = this.#offset - this.#carry.length;
    const whole = bytes.length - unfinishedLength(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) return start + firstInvalid(bytes.subarray(0, whole));
    this.#carry = bytes.slice(whole);
    this.#offset += chunk.length;
    return -1;
  }

  /** The offset of a character that the text ends in the middle of, or -1. */
  end(): number {
    return this.#carry.length === 0 ? -1 : this.#offset - this.#carry.length;
  }
}

/** How many bytes at the end begin a character that is not complete. */
function unfinishedLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

/** Halves the range in which the first fault lies: what lies before it is UTF-8 but for a character cut in two. */
function firstInvalid(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const whole = middle - unfinishedLength(bytes.subarray(0, middle));
    if (whole > good && isUtf8(bytes.subarray(good, whole))) good = whole;
    else if (whole <= good) break;
    else bad = middle;
  }
  for (let length = 1; length <= 4 && good + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(good, good + length))) {
      good += length;
      length = 0;
    }
  }
  return good;
}
