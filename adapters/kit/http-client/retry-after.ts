const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const NUMBER = String.raw`(\d{1,6}(?:\.\d{1,3})?)`;
const UNIT = String.raw`(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b`;

/** What services say in words: "available in 30 seconds", "wait 5 minutes", "10 requests per 6 seconds". */
const WORDS = [
  new RegExp(String.raw`\b(?:in|after|wait|for)\s+${NUMBER}\s*${UNIT}`, 'i'),
  new RegExp(String.raw`\b(?:per|every|within)\s+(?:${NUMBER}\s*)?${UNIT}`, 'i'),
];

/**
 * Milliseconds for which a service wants to be left alone; null where it does not say.
 * @param header `Retry-After`: seconds, or a date
 * @param message its answer, which may name the window that its limit counts in
 */
export function retryAfter(header: string | undefined, message: string, now = Date.now()): number | null {
  return fromHeader(header?.trim() ?? '', now) ?? fromMessage(message);
}

function fromHeader(header: string, now: number): number | null {
  if (/^\d{1,9}(\.\d{1,3})?$/.test(header)) return Number(header) * 1000;
  // A date names its month; anything else that Date.parse would guess at is none.
  const date = /[A-Za-z]{3}/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function fromMessage(message: string): number | null {
  for (const words of WORDS) {
    const match = words.exec(message);
    if (match === null) continue;
    const [, number = '1', unit = 's'] = match;
    return Math.ceil(Number(number) * millisecondsOf(unit.toLowerCase()));
  }
  return null;
}

function millisecondsOf(unit: string): number {
  if (unit === 'ms' || unit.startsWith('milli')) return MILLISECONDS.ms;
  if (unit.startsWith('h')) return MILLISECONDS.h;
  return unit.startsWith('m') ? MILLISECONDS.m : MILLISECONDS.s;
}
