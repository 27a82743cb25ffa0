import { parseRfc3339 } from './rfc3339.ts';

/**
 * An RFC 3339 time of any offset as the model has it: UTC with six decimals, `2026-02-01T10:00:00.000000Z`. Digits
 * beyond the microsecond are cut. A leap second is the first of the next minute, as in PostgreSQL. Null where the text
 * is no such time, or where its instant lies outside the years 0001 to 9999 of UTC.
 */
export function normaliseTime(text: string): string | null {
  const time = parseRfc3339(text);
  if (time === null) return null;
  const micros = time.fraction.slice(0, 6).padEnd(6, '0');
  // The common case needs no calendar: without an offset the digits stay as they are.
  if (time.offset === 0 && time.second < 60) return `${text.slice(0, 10)}T${text.slice(11, 19)}.${micros}Z`;
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(time.year, time.month - 1, time.day);
  date.setUTCHours(time.hour, time.minute - time.offset, time.second);
  const year = date.getUTCFullYear();
  return year < 1 || year > 9999 ? null : `${date.toISOString().slice(0, 19)}.${micros}Z`;
}
