import { ObjectId } from 'bson';

/** Chance that is the same for the same seed (mulberry32), and what the documents are filled with by it. */
export class Chance {
  #state: number;
  #ids = 0;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  of<const T extends readonly [unknown, ...unknown[]]>(choices: T): T[number] {
    return choices[this.below(choices.length)];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }

  /** As a driver makes it: seconds, five bytes of a process, a counter. Ids made later at one time are greater. */
  id(time: Date): ObjectId {
    this.#ids += 1;
    const seconds = Math.floor(time.getTime() / 1000)
      .toString(16)
      .padStart(8, '0');
    return ObjectId.createFromHexString(`${seconds}c2d1e4b7a9${(this.#ids % 2 ** 24).toString(16).padStart(6, '0')}`);
  }
}

export function later(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}
