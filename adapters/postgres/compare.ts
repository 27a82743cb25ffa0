import { type AnyFilter, textsOf } from './filter-fields.ts';
import type { TimeSpelling } from './keyset.ts';
import { joined, param, raw, type Sql, sql } from './sql.ts';

/** The conditions of one field on a row `alias`; null where nothing can fit. */
export type Condition = (filter: AnyFilter, alias: string, time: TimeSpelling) => readonly Sql[] | null;

/** One value compares by `=`, which keeps the order of an index behind it; `ANY` does not. */
export function isOneOf(expression: Sql, values: readonly unknown[], type: string): Sql {
  return values.length === 1
    ? sql`${expression} = ${param(values[0], type)}`
    : sql`${expression} = ANY(${param(values, `${type}[]`)})`;
}

export const text =
  (column: string): Condition =>
  (filter, alias) => {
    const values = textsOf(filter);
    return values.length === 0 ? null : [isOneOf(raw(`${alias}.${column}`), values, 'text')];
  };

/** Of a column that is indexed by its first 255 characters, since it may be longer than an index entry. */
export const longText =
  (column: string, form: (value: string) => string | readonly string[] = (value) => value): Condition =>
  (filter, alias) => {
    const values = [...new Set(textsOf(filter).flatMap(form))];
    return values.length === 0 ? null : isLongText(`${alias}.${column}`, values);
  };

/**
 * A value that is shorter than what the index holds is compared by the index's expression alone: with the whole column
 * beside, the planner would take the two for independent, and expect far too few rows.
 */
export function isLongText(column: string, values: readonly string[]): Sql[] {
  const starts = [...new Set(values.map(indexedStart))];
  const byStart = isOneOf(raw(`left(${column}, ${INDEXED_LENGTH})`), starts, 'text');
  return values.some(isBeyondIndex) ? [byStart, isOneOf(raw(column), values, 'text')] : [byStart];
}

/** How many characters of a text an index holds. */
export const INDEXED_LENGTH = 255;

/** Whether the index cannot tell a value from others that begin alike. */
export function isBeyondIndex(value: string): boolean {
  return value.length >= INDEXED_LENGTH;
}

/** Of a column as `isLongText` has it, in bytes order: one range of the index, of all that begins with a text. */
export function beginsWith(column: string, prefix: string): Sql[] {
  const expression = raw(isBeyondIndex(prefix) ? column : `left(${column}, ${INDEXED_LENGTH})`);
  const end = behindAll(prefix);
  return [
    sql`${expression} >= ${param(prefix, 'text')}`,
    ...(end === null ? [] : [sql`${expression} < ${param(end, 'text')}`]),
  ];
}

const LAST_CHARACTER = 0x10ffff;
const [FIRST_SURROGATE, BEHIND_SURROGATES] = [0xd800, 0xe000];

/** The first text in bytes order behind all that begin with this one; null where there is none. */
function behindAll(prefix: string): string | null {
  const characters = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (characters.at(-1) === LAST_CHARACTER) characters.pop();
  const last = characters.pop();
  if (last === undefined) return null;
  const next = last + 1 === FIRST_SURROGATE ? BEHIND_SURROGATES : last + 1;
  return String.fromCodePoint(...characters, next);
}

/** What the index holds of a long text: characters, not UTF-16 units. */
function indexedStart(value: string): string {
  return isBeyondIndex(value) ? [...value.slice(0, 2 * INDEXED_LENGTH)].slice(0, INDEXED_LENGTH).join('') : value;
}

/** Of a list column with an index of its items. */
export const items =
  (column: string): Condition =>
  (filter, alias) => {
    const values = textsOf(filter);
    if (values.length === 0) return null;
    const starts = [...new Set(values.map(indexedStart))];
    const byStart = sql`index_keys(${raw(`${alias}.${column}`)}) && ${param(starts, 'text[]')}`;
    if (!values.some(isBeyondIndex)) return [byStart];
    return [byStart, sql`${raw(`${alias}.${column}`)} && ${param(values, 'text[]')}`];
  };

/** Values among which null may be asked for. */
export const nullable =
  (column: string, type: 'text' | 'boolean'): Condition =>
  (filter, alias) => {
    const values = [...new Set(filter.in)];
    const known = values.filter((value) => value !== null);
    const ways = [
      ...(known.length > 0 ? [isOneOf(raw(`${alias}.${column}`), known, type)] : []),
      ...(known.length < values.length ? [raw(`${alias}.${column} IS NULL`)] : []),
    ];
    if (ways.length === 0) return null;
    return ways.length === 1 ? ways : [sql`(${joined(ways, ' OR ')})`];
  };

/** Half-open. */
export function isWithin(value: Sql, type: string, { from, to }: AnyFilter, isKnown: Sql): Sql[] {
  const hasStart = from !== undefined && from !== null;
  return [
    hasStart ? sql`${value} >= ${param(from, type)}` : isKnown,
    ...(to !== undefined && to !== null ? [sql`${value} < ${param(to, type)}`] : []),
  ];
}

export const range =
  (column: string, type: string): Condition =>
  (filter, alias) => {
    const value = raw(`${alias}.${column}`);
    return isWithin(value, type, filter, sql`${value} IS NOT NULL`);
  };
