import type { Json } from '../../model.ts';
import { exactInteger } from '../exact-json.ts';
import { idOf, kindOf, numberOf, timeOf } from './values.ts';

/** Nesting beyond it is cut: no system nests so deep, and what handles documents must be bounded. */
const MAX_DEPTH = 50;

/**
 * Any value of a document as JSON, for `misc`: ids and dates are text (a date that no calendar holds is null), binary
 * data is null, and nothing is left out.
 */
export function toJson(value: unknown, depth = 0): Json {
  if (value === null || value === undefined || depth > MAX_DEPTH) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return timeOf(value);
  if (kindOf(value) === 'ObjectId') return idOf(value);
  if (kindOf(value) === 'Long' || typeof value === 'bigint') return exactInteger(String(value));
  const number = numberOf(value);
  if (number !== null) return number;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
  if (typeof value !== 'object' || kindOf(value) !== null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]));
}
