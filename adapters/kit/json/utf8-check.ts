import { isUtf8 } from 'node:buffer';

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
