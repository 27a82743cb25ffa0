const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * An RFC 3339 time of any offset as the model has it: UTC with six decimals, `2026-02-01T10:00:00.000000Z`. Digits
 * beyond the microsecond are cut. A leap second is the first of the next minute, as in PostgreSQL.
 *
 * @throws {RangeError} where the text is no such time, or its instant lies outside the years 0001 to 9999 of UTC.
 */
export function normaliseTime(text: string): string {
  const match = RFC_3339.exec(text);
  if (match === null) throw new RangeError(`${JSON.stringify(text)} is not an RFC 3339 time with a zone.`);
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  // Date cannot carry microseconds, so they travel beside it.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() + 1 !== Number(month))
    throw new RangeError(`${JSON.stringify(text)} names no day of the calendar.`);
  date.setUTCHours(Number(hour), Number(minute) - offsetMinutes(zone), Number(second));
  const utcYear = date.getUTCFullYear();
  if (utcYear < 1 || utcYear > 9999)
    throw new RangeError(`${JSON.stringify(text)} lies outside the years 0001 to 9999.`);
  return `${date.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

function offsetMinutes(zone: string): number {
  if (zone.length === 1) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
}
