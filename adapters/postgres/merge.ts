import { isJsonObject, isList, sameJson } from '../kit/same-json.ts';
import type { Json } from '../model.ts';
import type { Column } from './stored-columns.ts';
import type { Row } from './to-row.ts';

/** A value of a field (its path in the model) that the object does not show. */
export interface Differing {
  readonly field: string;
  readonly value: Json;
}

export interface Merged {
  /** The row as it is shown now; the very row that was, where nothing changed. */
  readonly row: Row;
  /** The values that were taken over. */
  readonly filled: readonly Differing[];
  /** The values that were not. */
  readonly differing: readonly Differing[];
}

/**
 * Adds a later report of the same object. The first value that is not null wins, column by column: a later report fills
 * what is missing and changes nothing else. Where the object belongs to another origin the report fills nothing either.
 */
export function mergeRow(columns: readonly Column[], shown: Row, later: Row): Merged {
  const changes: { [column: string]: Json } = {};
  const filled: Differing[] = [];
  const differing: Differing[] = [];
  for (const column of columns) {
    const value = later[column.name];
    if (value === undefined || value === null) continue;
    const news = RULES[column.merge](column, shown[column.name] ?? null, value);
    if (news.length === 0) continue;
    if (shown.origin !== later.origin) {
      differing.push(...asDiffering(column, news, columns, later));
      continue;
    }
    differing.push(...news.filter((item) => !item.fills));
    const fills = news.filter((item) => item.fills);
    if (fills.length === 0) continue;
    filled.push(...fills);
    changes[column.name] = column.merge === 'keys' ? withKeys(column, shown[column.name], fills, value) : value;
  }
  return { row: filled.length === 0 ? shown : { ...shown, ...changes }, filled, differing };
}

/** What a later value of one column says anew: it fills a gap, or differs. */
interface News extends Differing {
  readonly fills: boolean;
}
type Rule = (column: Column, shown: Json, later: Json) => readonly News[];

const first: Rule = ({ field }, shown, later) =>
  shown === null
    ? [{ field, value: later, fills: true }]
    : sameJson(shown, later)
      ? []
      : [{ field, value: later, fills: false }];

const list: Rule = (column, shown, later) => {
  if (shown === null) return first(column, shown, later);
  // An empty list says as little as none, whichever of the two reports has it.
  if (isList(later) && later.length === 0) return [];
  return first(column, isList(shown) && shown.length === 0 ? null : shown, later);
};

const keys: Rule = (column, shown, later) => {
  if (!isJsonObject(later)) return [];
  const entries = Object.entries(later);
  if (shown === null && entries.length === 0) return first(column, shown, later);
  const known = isJsonObject(shown) ? shown : {};
  return entries.flatMap(([key, value]) => {
    if (value === null && shown !== null) return [];
    return first(
      { ...column, field: `${column.field}.${key}` },
      Object.hasOwn(known, key) ? (known[key] ?? null) : null,
      value,
    );
  });
};

const present: Rule = ({ field }, shown) => (shown === true ? [] : [{ field, value: {}, fills: true }]);

const RULES: { readonly [R in Column['merge']]: Rule } = { first, list, keys, present };

/** Of another origin's report everything that is new differs. That it sent an object at all is said by its fields, if any. */
function asDiffering(
  column: Column,
  news: readonly News[],
  columns: readonly Column[],
  later: Row,
): readonly Differing[] {
  if (column.merge !== 'present') return news.filter((item) => item.value !== null);
  const said = columns.some((part) => part.field.startsWith(`${column.field}.`) && later[part.name] !== undefined);
  return said ? [] : news;
}

/** Built from entries, since a key may be `__proto__`. */
function withKeys(column: Column, shown: Json | undefined, fills: readonly News[], later: Json): Json {
  if (!isJsonObject(shown)) return later;
  const added = fills.map((item) => [item.field.slice(column.field.length + 1), item.value] as const);
  return Object.fromEntries([...Object.entries(shown), ...added]);
}
