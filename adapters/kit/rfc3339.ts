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
