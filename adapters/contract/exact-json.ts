/*
 * JSON in which no integer changes. A double holds integers up to 2^53 only; a greater one is read as what
 * `JSON.rawJSON` makes of its digits, which `JSON.stringify` writes as they came. Fractions and exponents are doubles.
 */

declare global {
  interface JSON {
    parse<T>(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): T;
    rawJSON(text: string): ExactInteger;
    isRawJSON(value: unknown): value is ExactInteger;
  }
}

/** An integer that no double holds. It is a value, not an object with a member. */
export type ExactInteger = { readonly rawJSON: string };

/** Reading with a reviver takes several times as long, and hardly any text has such a number. */
const MAY_HOLD = /(?:^|[[:,\s])-?\d{16}/;

/** Deeper than any document that can be stored. */
const MAX_DEPTH = 500;

/**
 * As `JSON.parse`, but integers keep their digits; not in what nests thousands deep. `T` is what the caller knows of the text.
 * @throws {SyntaxError}
 */
export function parseExactJson<T = unknown>(text: string): T {
  if (!MAY_HOLD.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? exactNumber(source, value) : value,
    );
  } catch (error) {
    // A reviver is called recursively, and the parser itself is not.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** An integer by its digits: a number where that is exact. */
export function exactInteger(digits: string): number | ExactInteger {
  return exactNumber(digits, Number(digits));
}

export function isExactInteger(value: unknown): value is ExactInteger {
  return JSON.isRawJSON(value);
}

/** Every integer as the nearest double, in a copy where there is anything to change. What nests too deep to be stored stays. */
export function rounded(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (isExactInteger(value)) return Number(value.rawJSON);
  const entries: [string, unknown][] = Object.entries(value);
  let isChanged = false;
  for (const entry of entries) {
    const item = rounded(entry[1], depth + 1);
    if (item === entry[1]) continue;
    entry[1] = item;
    isChanged = true;
  }
  if (!isChanged) return value;
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** Whether two numbers are the same, each a double or an integer with all its digits. */
export function isSameNumber(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  const [one, other] = [digitsOf(a), digitsOf(b)];
  return one !== null && one === other;
}

function exactNumber(source: string, value: number): number | ExactInteger {
  // Beyond the range of a double it stays infinite, so that whoever checks a document sees it.
  const isExact = Number.isSafeInteger(value) || !Number.isFinite(value) || !/^-?\d+$/.test(source);
  return isExact || String(value) === source ? value : JSON.rawJSON(source);
}

/** The digits of an integer; null of anything else. A double beyond 10^21 shows them only where it is asked. */
function digitsOf(value: unknown): string | null {
  if (isExactInteger(value)) return value.rawJSON;
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  const [, sign, first, more, exponent] = /^(-?)(\d)(?:\.(\d+))?e\+(\d+)$/.exec(String(value)) ?? [];
  return first === undefined ? String(value) : `${sign}${first}${(more ?? '').padEnd(Number(exponent), '0')}`;
}
