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

/** A time as RFC 3339 writes it, taken apart. `fraction` holds the digits behind the point, `offset` is in minutes. */
export interface Rfc3339 {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 60 in a leap second. */
  readonly second: number;
  readonly fraction: string;
  readonly offset: number;
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Takes a time apart, or gives null where the text is none: no zone, a day that does not exist, year 0. */
export function parseRfc3339(text: string): Rfc3339 | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year === 0 || day === 0 || day > daysIn(year, month)) return null;
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * (match[8] === '-' ? -1 : 1);
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  return { year, month, day, hour, minute, second, fraction: match[7] ?? '', offset };
}

function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}

/**
 * What two spellings of one repository have in common, for comparing only: `git://` and `http://` of kernel.org count as
 * https, host names have no case, and a trailing `.git` or `/` does not matter.
 */
export function normaliseUrl(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)/i.exec(url);
  if (match === null) return url;
  const [start, scheme = '', host = ''] = match;
  const lowerHost = host.toLowerCase();
  const isKernelOrg = lowerHost === 'kernel.org' || lowerHost.endsWith('.kernel.org');
  const lowerScheme = scheme.toLowerCase();
  const https = isKernelOrg && (lowerScheme === 'git' || lowerScheme === 'http') ? 'https' : lowerScheme;
  return `${https}://${lowerHost}${withoutEnd(url.slice(start.length))}`;
}

/** KCIDB takes https only: a `git://` address becomes what the same host serves by https. */
export function secureRepositoryUrl(url: string): string {
  return url.startsWith('git://') ? `https://${url.slice('git://'.length)}` : url;
}

/** Counted from the end, since an expression that searches for the end tries every slash of a long path. */
function withoutEnd(path: string): string {
  let end = path.length;
  for (;;) {
    if (path[end - 1] === '/') end -= 1;
    else if (path.slice(Math.max(0, end - 4), end) === '.git') end -= 4;
    else return path.slice(0, end);
  }
}
