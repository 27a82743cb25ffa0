import { isExactInteger, isSameNumber } from '../../contract/exact-json.ts';
import type { Json, JsonObject } from '../../contract/model.ts';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [BRACKET, BRACE] = [0x5b, 0x7b];

/** No system's records are denser: a text that is holds little but empty brackets. */
const BYTES_A_VALUE = 8;
const LEAST_VALUES = 1_000;

/** How many values a text of that size may hold: two bytes of text can become a hundred of memory. */
export function mostValues(bytes: number): number {
  return Math.max(LEAST_VALUES, Math.floor(bytes / BYTES_A_VALUE));
}

/**
 * Whether a JSON text may hold more than so many values, which is to be known before it is parsed. Commas and opening
 * brackets are counted, which are as many as the values, or more.
 */
export function mayHoldMoreValues(text: string, most: number): boolean {
  let count = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || code === BRACKET || code === BRACE) {
      count += 1;
      if (count > most) return true;
    }
  }
  return false;
}

/** Where the string ends that begins there; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** Whether two JSON values are equal, keys in any order; with a list of its own, so that depth costs no stack. */
export function sameJson(left: unknown, right: unknown): boolean {
  const pairs: (readonly [unknown, unknown])[] = [[left, right]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = pair;
    if (Object.is(a, b) || a === b) continue;
    if (isExactInteger(a) || isExactInteger(b)) {
      if (!isSameNumber(a, b)) return false;
      continue;
    }
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const entries = Object.entries(a);
    const others = new Map<string, unknown>(Object.entries(b));
    if (entries.length !== others.size) return false;
    for (const [key, value] of entries) {
      if (!others.has(key)) return false;
      pairs.push([value, others.get(key)]);
    }
  }
  return true;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) && !isExactInteger(value);
}
