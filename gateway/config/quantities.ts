import * as z from 'zod';

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const BYTES = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 } as const;

/** Milliseconds of `250ms`, `10s`, `5m`, `2h`, `30d`, `1w`, or of a plain number; null where it is none of them. */
export function parseDuration(text: string | number): number | null {
  return parseQuantity(text, MILLISECONDS);
}

/** Bytes of `512MiB`, `16MB`, or of a plain number; null where it is none of them. */
function parseByteSize(text: string | number): number | null {
  const bytes = parseQuantity(text, BYTES);
  return bytes === null ? null : Math.floor(bytes);
}

function parseQuantity(text: string | number, units: Readonly<Record<string, number>>): number | null {
  const match = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)\s*$/i.exec(String(text));
  const factor = match?.[2] === '' ? 1 : units[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || factor === undefined) return null;
  const value = Number(match[1]) * factor;
  return Number.isFinite(value) ? value : null;
}

/** A duration in milliseconds, of at least `least`. */
export function duration(least = 0) {
  return quantity(
    parseDuration,
    least,
    'a duration',
    ' such as 250ms, 10s, 5m, 2h or 30d, or a number of milliseconds',
  );
}

/** A number of bytes, of at least `least`. */
export function byteSize(least = 1) {
  return quantity(parseByteSize, least, 'a size', ' such as 16MiB, or a number of bytes');
}

function quantity(parse: (text: string | number) => number | null, least: number, kind: string, forms: string) {
  const expected = `${kind}${forms}`;
  return z
    .union([z.number(), z.string()], { error: `It must be ${expected}.` })
    .transform((given, context): number => {
      const value = parse(given);
      if (value !== null && value >= least) return value;
      const rule = value === null ? `be ${expected}` : `be at least ${least}`;
      context.addIssue({ code: 'custom', message: `It must ${rule}.`, input: given });
      return z.NEVER;
    })
    .meta({ kind });
}

/** A whole number between the bounds; digits as text count too, since the environment knows nothing else. */
export function whole(least: number, most: number) {
  return z
    .union([z.number(), z.string()], { error: 'It must be a whole number.' })
    .transform((given, context): number => {
      const value = typeof given === 'number' ? given : /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      context.addIssue({ code: 'custom', message: `It must be a whole number ${range}.`, input: given });
      return z.NEVER;
    })
    .meta({ kind: 'a whole number' });
}

/** True or false; as text too, since the environment knows nothing else. */
export function flag() {
  return z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'It must be true or false.' })
    .transform((given) => given === true || given === 'true')
    .meta({ kind: 'true or false' });
}
