import { ObjectId } from 'bson';
import { normaliseTime } from '../normalise-time.ts';

/*
 * What lies in documents that many programs wrote over many years: a number is an int32, an int64, a double, or text;
 * what is absent is null. Each of these gives null for what it cannot understand.
 */

const NUMBERS: ReadonlySet<string> = new Set(['Int32', 'Double', 'Long', 'Decimal128']);

/** Of a value that is none of JavaScript's: the driver has classes of its own beside those that are imported here. */
export function kindOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && '_bsontype' in value ? String(value._bsontype) : null;
}

/** Text that is not empty; of a number or an id its digits. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  const id = kindOf(value) === 'ObjectId' ? idOf(value) : null;
  if (id !== null) return id;
  const number = numberOf(value);
  return number === null ? null : String(number);
}

/** A finite number. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (NUMBERS.has(kindOf(value) ?? '')) return numberOf(Number(String(value)));
  if (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return numberOf(Number(value));
  return null;
}

/** A whole number that JavaScript holds exactly. */
export function integerOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const number = typeof value === 'string' ? null : numberOf(value);
  if (number !== null) return number !== 0;
  return value === 'true' ? true : value === 'false' ? false : null;
}

/** An id as 24 hexadecimal digits, whether it is kept as one or as text. */
export function idOf(value: unknown): string | null {
  if (kindOf(value) === 'ObjectId') return String(value);
  return typeof value === 'string' && isId(value) ? value.toLowerCase() : null;
}

/** Whether a text is an id: 24 hexadecimal digits. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}

/** When an id was made, in milliseconds since 1970. */
export function msOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) * 1000;
}

/** An id for a query; text that is none must not get here. */
export function toObjectId(hex: string): ObjectId {
  return ObjectId.createFromHexString(hex);
}

/** The least id that a document made at a time can have: a bound for ranges of `_id`. */
export function idAt(milliseconds: number): ObjectId {
  const seconds = Math.min(Math.max(Math.floor(milliseconds / 1000), 0), 0xffff_ffff);
  return ObjectId.createFromHexString(seconds.toString(16).padStart(8, '0').padEnd(24, '0'));
}

/** When an id was made, to the second, as the model has times. */
export function timeOfId(hex: string): string | null {
  return isId(hex) ? timeOf(new Date(msOf(hex))) : null;
}

/** A time as the model has it: of a Date, or of text with or without an offset (without: UTC). */
export function timeOf(value: unknown): string | null {
  if (value instanceof Date) {
    const milliseconds = value.getTime();
    if (!Number.isFinite(milliseconds)) return null;
    const text = value.toISOString();
    return /^\d{4}-/.test(text) && !text.startsWith('0000') ? `${text.slice(0, -1)}000Z` : null;
  }
  if (typeof value !== 'string') return null;
  const text = value.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  return normaliseTime(text) ?? normaliseTime(`${text}Z`);
}

/** The seconds of a duration that was written as a date: so long after 1970 began. -1 is "not known". */
export function durationOf(value: unknown): number | null {
  const seconds = value instanceof Date ? value.getTime() / 1000 : numberOf(value);
  return seconds !== null && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** A list; of a single value the list of it, of nothing the empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined ? [] : [value];
}

/** A document within a document. */
export function documentOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (value instanceof Date || kindOf(value) !== null) return null;
  return Object.fromEntries(Object.entries(value));
}
