/** How deep objects and lists may lie in each other before a document is not read any further. */
export const MAX_DEPTH = 500;

/** Hears of the members or elements of the value that is scanned, each with its range of bytes. */
export interface ChildListener {
  /**
   * `keyStart` and `keyEnd` enclose the key's quotes; both are -1 for the elements of a list. `values` counts the value
   * itself and all that lie in it.
   */
  child(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number, values: number): void;
}

/** What stopped a scan. */
export interface ScanFault {
  readonly kind: 'syntax' | 'end' | 'depth' | 'nul';
  readonly offset: number;
  /** What should have stood there; empty: nothing more. */
  readonly expected: string;
}

/**
 * Checks JSON text as it comes in chunks, by the whole grammar and without recursion, and tells where the children of the
 * outermost value lie. It knows at any time at which place of the document it is.
 */
export class JsonScanner {
  /** What stopped the scan; nothing is read after it. */
  fault: ScanFault | null = null;
  /** Containers that are open. */
  depth = 0;
  readonly #listener: ChildListener;
  readonly #maxDepth: number;
  /** By depth, from 1: whether it is an object, the place among its siblings of what is read, and where its key lies. */
  readonly #isObject: Uint8Array;
  readonly #index: Float64Array;
  readonly #keyStart: Float64Array;
  readonly #keyEnd: Float64Array;
  #state = VALUE;
  #inKey = false;
  #hexLeft = 0;
  #literal = NO_CODES;
  #literalAt = 0;
  #valueStart = 0;
  #values = 0;
  #offset: number;

  /** @param offset that of the first byte, as it is told to the listener */
  constructor(listener: ChildListener, offset = 0, maxDepth = MAX_DEPTH) {
    this.#listener = listener;
    this.#offset = offset;
    this.#maxDepth = maxDepth;
    this.#isObject = new Uint8Array(maxDepth + 2);
    this.#index = new Float64Array(maxDepth + 2);
    this.#keyStart = new Float64Array(maxDepth + 2);
    this.#keyEnd = new Float64Array(maxDepth + 2);
  }

  /** Reads the next bytes. Gives whether the scan goes on. */
  push(chunk: Uint8Array): boolean {
    if (this.fault !== null) return false;
    const base = this.#offset;
    const length = chunk.length;
    let state = this.#state;
    for (let at = 0; at < length; at++) {
      const code = chunk[at] ?? 0;
      switch (state) {
        case STRING: {
          let c = code;
          while (c !== 0x22 && c !== 0x5c && c >= 0x20 && ++at < length) c = chunk[at] ?? 0;
          if (at >= length) break;
          if (c === 0x22) {
            state = this.#inKey ? COLON : this.#endOfValue(base + at + 1);
            if (this.#inKey) this.#keyEnd[this.depth] = base + at + 1;
          } else if (c === 0x5c) state = ESCAPE;
          else return this.#stop(STRING, base + at, c);
          break;
        }
        case AFTER:
          if (code === 0x2c) {
            if (this.#isObject[this.depth] === 1) state = KEY;
            else {
              this.#index[this.depth] = (this.#index[this.depth] ?? 0) + 1;
              state = VALUE;
            }
          } else if (code === 0x7d || code === 0x5d) {
            if ((code === 0x7d) !== (this.#isObject[this.depth] === 1)) return this.#stop(AFTER, base + at, code);
            state = this.#close(base + at + 1);
          } else if (IS_SPACE[code] !== 1) return this.#stop(AFTER, base + at, code);
          break;
        case KEY_OR_END:
        case KEY:
          if (code === 0x22) {
            this.#keyStart[this.depth] = base + at;
            this.#inKey = true;
            state = STRING;
          } else if (code === 0x7d && state === KEY_OR_END) state = this.#close(base + at + 1);
          else if (IS_SPACE[code] !== 1) return this.#stop(state, base + at, code);
          break;
        case COLON:
          if (code === 0x3a) {
            this.#inKey = false;
            state = VALUE;
          } else if (IS_SPACE[code] !== 1) return this.#stop(COLON, base + at, code);
          break;
        case VALUE:
        case VALUE_OR_END:
          if (IS_SPACE[code] === 1) break;
          if (code === 0x5d && state === VALUE_OR_END) {
            state = this.#close(base + at + 1);
            break;
          }
          if (this.depth === 1) this.#valueStart = base + at;
          this.#values++;
          if (code === 0x22) state = STRING;
          else if (code === 0x7b || code === 0x5b) {
            if (this.depth >= this.#maxDepth) return this.#stop(state, base + at, code, 'depth');
            this.depth++;
            this.#isObject[this.depth] = code === 0x7b ? 1 : 0;
            this.#index[this.depth] = 0;
            this.#keyStart[this.depth] = -1;
            this.#keyEnd[this.depth] = -1;
            state = code === 0x7b ? KEY_OR_END : VALUE_OR_END;
          } else if (code === 0x2d) state = MINUS;
          else if (code === 0x30) state = ZERO;
          else if (code >= 0x31 && code <= 0x39) state = INTEGER;
          else {
            this.#literal = LITERALS[code] ?? NO_CODES;
            this.#literalAt = 1;
            if (this.#literal.length === 0) return this.#stop(state, base + at, code);
            state = LITERAL;
          }
          break;
        case LITERAL:
          if (code !== this.#literal[this.#literalAt]) return this.#stop(LITERAL, base + at, code);
          if (++this.#literalAt === this.#literal.length) state = this.#endOfValue(base + at + 1);
          break;
        case ESCAPE:
          if (code === 0x75) {
            state = HEX;
            this.#hexLeft = 4;
          } else if (IS_ESCAPE[code] === 1) state = STRING;
          else return this.#stop(ESCAPE, base + at, code);
          break;
        case HEX:
          if (IS_HEX[code] !== 1) return this.#stop(HEX, base + at, code);
          if (--this.#hexLeft === 0) state = STRING;
          break;
        case DONE:
          if (IS_SPACE[code] !== 1) return this.#stop(DONE, base + at, code);
          break;
        default: {
          const next = afterNumberCode(state, code);
          if (next === AFTER) {
            // The byte after a number belongs to what comes next: it is looked at again.
            state = this.#endOfValue(base + at);
            at--;
          } else if (next === -1) return this.#stop(state, base + at, code);
          else state = next;
        }
      }
    }
    this.#state = state;
    this.#offset = base + length;
    return true;
  }

  /** Ends the text. Gives whether it was one whole value. */
  end(): boolean {
    if (this.fault !== null) return false;
    if (this.depth === 0 && isNumberEnd(this.#state)) this.#state = this.#endOfValue(this.#offset);
    if (this.#state === DONE) return true;
    this.fault = { kind: 'end', offset: this.#offset, expected: this.#expected(this.#state) };
    return false;
  }

  /** Where in the document the scan is: the keys' ranges and the indices from outside in. */
  place(): readonly (number | readonly [keyStart: number, keyEnd: number])[] {
    const place: (number | readonly [number, number])[] = [];
    for (let depth = 1; depth <= this.depth; depth++) {
      const [start, end] = [this.#keyStart[depth] ?? -1, this.#keyEnd[depth] ?? -1];
      if (this.#isObject[depth] !== 1) place.push(this.#index[depth] ?? 0);
      else if (start >= 0 && end > start) place.push([start, end]);
    }
    return place;
  }

  #close(end: number): number {
    this.depth--;
    return this.#endOfValue(end);
  }

  #endOfValue(end: number): number {
    if (this.depth === 0) return DONE;
    if (this.depth === 1) {
      const isMember = this.#isObject[1] === 1;
      const keyStart = isMember ? (this.#keyStart[1] ?? -1) : -1;
      this.#listener.child(keyStart, isMember ? (this.#keyEnd[1] ?? -1) : -1, this.#valueStart, end, this.#values);
      this.#values = 0;
    }
    return AFTER;
  }

  #stop(state: number, offset: number, code: number, kind: ScanFault['kind'] = 'syntax'): false {
    const expected = state === STRING ? 'an escape such as \\n' : state === DONE ? '' : this.#expected(state);
    this.fault = { kind: code === 0 ? 'nul' : kind, offset, expected };
    return false;
  }

  #expected(state: number): string {
    if (state !== AFTER && !isNumberEnd(state)) return EXPECTED[state] ?? 'a value';
    return this.#isObject[this.depth] === 1 ? '"," or "}" after a value' : '"," or "]" after a value';
  }
}

// The states of a scan of JSON text: what is expected next, or inside of what the text is.
export const VALUE = 0;
export const VALUE_OR_END = 1;
export const KEY_OR_END = 2;
export const KEY = 3;
export const COLON = 4;
export const AFTER = 5;
export const STRING = 6;
export const ESCAPE = 7;
export const HEX = 8;
export const MINUS = 9;
export const ZERO = 10;
export const INTEGER = 11;
export const POINT = 12;
export const FRACTION = 13;
export const EXPONENT = 14;
export const EXPONENT_SIGN = 15;
export const EXPONENT_DIGITS = 16;
export const LITERAL = 17;
export const DONE = 18;

export const EXPECTED: Readonly<Record<number, string>> = {
  [VALUE]: 'a value',
  [VALUE_OR_END]: 'a value or "]"',
  [KEY_OR_END]: 'a key in double quotes or "}"',
  [KEY]: 'a key in double quotes',
  [COLON]: '":" after the key',
  [STRING]: 'the closing quote of a string',
  [ESCAPE]: 'one of "\\/bfnrtu after a backslash',
  [HEX]: 'four hexadecimal digits after \\u',
  [MINUS]: 'a digit after "-"',
  [POINT]: 'a digit after "."',
  [EXPONENT]: 'a digit after "e"',
  [EXPONENT_SIGN]: 'a digit in the exponent',
  [LITERAL]: 'true, false or null',
};

export const IS_SPACE = tableOf(' \t\n\r');
export const IS_ESCAPE = tableOf('"\\/bfnrt');
export const IS_HEX = tableOf('0123456789abcdefABCDEF');
export const NO_CODES: readonly number[] = [];
export const LITERALS: readonly (readonly number[] | undefined)[] = literalTable();

/** The state after one more byte of a number; AFTER where the number ended before it, -1 where it must not end there. */
export function afterNumberCode(state: number, code: number): number {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isExponent = code === 0x65 || code === 0x45;
  switch (state) {
    case MINUS:
      return code === 0x30 ? ZERO : isDigit ? INTEGER : -1;
    case ZERO:
    case INTEGER:
      if (isDigit && state === INTEGER) return INTEGER;
      return code === 0x2e ? POINT : isExponent ? EXPONENT : isDigit ? -1 : AFTER;
    case POINT:
      return isDigit ? FRACTION : -1;
    case FRACTION:
      return isDigit ? FRACTION : isExponent ? EXPONENT : AFTER;
    case EXPONENT:
      return isDigit ? EXPONENT_DIGITS : code === 0x2b || code === 0x2d ? EXPONENT_SIGN : -1;
    case EXPONENT_SIGN:
      return isDigit ? EXPONENT_DIGITS : -1;
    default:
      return isDigit ? EXPONENT_DIGITS : AFTER;
  }
}

export function isNumberEnd(state: number): boolean {
  return state === ZERO || state === INTEGER || state === FRACTION || state === EXPONENT_DIGITS;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

function literalTable(): (readonly number[] | undefined)[] {
  const table: (readonly number[] | undefined)[] = [];
  for (const literal of ['true', 'false', 'null']) {
    const codes = [...literal].map((character) => character.charCodeAt(0));
    table[codes[0] ?? 0] = codes;
  }
  return table;
}
