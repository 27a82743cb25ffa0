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
