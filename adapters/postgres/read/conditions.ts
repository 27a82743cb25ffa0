import { FIELDS } from '../../contract/fields.ts';
import { type Filter, foldCase, messageIdSpellings } from '../../contract/filter.ts';
import type { EntityName } from '../../contract/model.ts';
import { normaliseUrl } from '../../contract/time-and-url.ts';
import { columnName, columnType } from '../columns.ts';
import type { TimeSpelling } from './page.ts';
import { allOf, joined, param, raw, type Sql, sql } from './sql.ts';

/** A filter of any field: the operators that `filter.ts` knows. */
export interface AnyFilter {
  readonly in?: readonly (string | number | boolean | null)[];
  readonly prefix?: string;
  readonly under?: string;
  readonly contains?: string;
  readonly from?: string | number;
  readonly to?: string | number;
  readonly is?: boolean | { readonly [layer: string]: boolean | null };
}
export type AnyWhere = ReadonlyMap<string, AnyFilter>;

/** The fields of a filter that are set. */
export function fieldsOf<E extends EntityName>(where: Filter<E> | null): AnyWhere {
  const fields = new Map<string, AnyFilter>();
  for (const [name, value] of Object.entries(where ?? {})) {
    const filter: AnyFilter | null | undefined = value;
    if (filter !== null && filter !== undefined) fields.set(name, filter);
  }
  return fields;
}

/** The distinct values of a list that the database can hold. */
export function textsOf(filter: AnyFilter): readonly string[] {
  return [...new Set(filter.in?.filter((value) => typeof value === 'string'))].filter(isStorableText);
}

/** Whether PostgreSQL can hold a text: a NUL or a lone surrogate matches nothing, so such a text is not sent. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** What a condition is about. */
interface Target {
  /** The row: the alias of its table in the statement. */
  readonly row: string;
  /** The column in that row, and its type. */
  readonly column: string;
  readonly type: string;
  readonly time: TimeSpelling;
}

/** The conditions of one field on a row; null where nothing can fit. */
type Condition = (filter: AnyFilter, target: Target) => readonly Sql[] | null;

/** One value compares by `=`, which keeps the order of an index behind it; `ANY` does not. */
function isOneOf(expression: Sql, values: readonly unknown[], type: string): Sql {
  return values.length === 1
    ? sql`${expression} = ${param(values[0], type)}`
    : sql`${expression} = ANY(${param(values, `${type}[]`)})`;
}

/**
 * A value that is shorter than what the index holds is compared by the index's expression alone: with the whole column
 * beside, the planner would take the two for independent, and expect far too few rows.
 */
function isLongText(column: string, values: readonly string[]): Sql[] {
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
function beginsWith(column: string, prefix: string): Sql[] {
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

/** Half-open. */
function isWithin(value: Sql, type: string, { from, to }: AnyFilter, isKnown: Sql): Sql[] {
  const hasStart = from !== undefined && from !== null;
  return [
    hasStart ? sql`${value} >= ${param(from, type)}` : isKnown,
    ...(to !== undefined && to !== null ? [sql`${value} < ${param(to, type)}`] : []),
  ];
}

const text: Condition = (filter, { column, type }) => {
  const values = textsOf(filter);
  return values.length === 0 ? null : [isOneOf(raw(column), values, type)];
};

/** Of a column that is indexed by its first 255 characters, since it may be longer than an index entry. */
const longText =
  (form: (value: string) => string | readonly string[] = (value) => value): Condition =>
  (filter, { column }) => {
    const values = [...new Set(textsOf(filter).flatMap(form))];
    return values.length === 0 ? null : isLongText(column, values);
  };

/** Of a list column with an index of its items. */
const items: Condition = (filter, { column, type }) => {
  const values = textsOf(filter);
  if (values.length === 0) return null;
  const starts = [...new Set(values.map(indexedStart))];
  const byStart = sql`index_keys(${raw(column)}) && ${param(starts, type)}`;
  if (!values.some(isBeyondIndex)) return [byStart];
  return [byStart, sql`${raw(column)} && ${param(values, type)}`];
};

/** Values among which null may be asked for. */
const nullable: Condition = (filter, { column, type }) => {
  const values = [...new Set(filter.in)];
  const known = values.filter((value) => value !== null);
  const ways = [
    ...(known.length > 0 ? [isOneOf(raw(column), known, type)] : []),
    ...(known.length < values.length ? [raw(`${column} IS NULL`)] : []),
  ];
  if (ways.length === 0) return null;
  return ways.length === 1 ? ways : [sql`(${joined(ways, ' OR ')})`];
};

const range: Condition = (filter, { column, type }) =>
  isWithin(raw(column), type, filter, raw(`${column} IS NOT NULL`));

/** In the spelling of the index that the access path uses, which it then cuts. */
const startTime: Condition = (filter, { time }) => {
  const value = raw(time.expression);
  return isWithin(value, time.type, filter, sql`${value} > '-infinity'`);
};

const hash: Condition = (filter, target) => {
  const column = raw(target.column);
  const conditions: Sql[] = [];
  if (filter.in !== undefined && filter.in !== null) {
    const values = [...new Set(textsOf(filter).map((value) => value.toLowerCase()))];
    if (values.length === 0) return null;
    conditions.push(isOneOf(column, values, 'text'));
  }
  const prefix = filter.prefix?.toLowerCase();
  if (prefix !== undefined) {
    // Stored hashes are hexadecimal, so no other text is a prefix of one, and `g` sorts after all of them.
    if (!/^[0-9a-f]*$/.test(prefix)) return null;
    conditions.push(sql`${column} >= ${param(prefix, 'text')}`, sql`${column} < ${param(`${prefix}g`, 'text')}`);
  }
  return conditions.length === 0 ? [sql`${column} IS NOT NULL`] : conditions;
};

const patchset: Condition = (filter, target) => {
  const values = [...new Set(textsOf(filter).map((value) => value.toLowerCase()))];
  if (values.length === 0) return null;
  const column = raw(target.column);
  // The index leaves out checkouts without patches, and is used only if the condition says so too.
  const patched = values.includes('') ? [] : [sql`${column} <> ''`];
  return [isOneOf(column, values, 'text'), ...patched];
};

const path: Condition = (filter, target) => {
  const conditions: Sql[] = [];
  if (filter.in !== undefined && filter.in !== null) {
    const values = textsOf(filter);
    if (values.length === 0) return null;
    conditions.push(...isLongText(target.column, values));
  }
  const { under, prefix, contains } = filter;
  if (![under, prefix, contains].every((text) => isStorableText(text ?? ''))) return null;
  if (prefix) conditions.push(...beginsWith(target.column, prefix));
  // In the collation of the column, `lower` knows the letters A to Z alone.
  if (contains) conditions.push(sql`strpos(lower(${raw(target.column)}), ${param(foldCase(contains), 'text')}) > 0`);
  if (!under) return [...conditions, raw(`${target.column} IS NOT NULL`)];
  // `/` is the character behind `.`, so a subtree is one range; `ltp-x` lies between `ltp` and `ltp.` and is not of it.
  const [node, first, end] = [param(under, 'text'), param(`${under}.`, 'text'), param(`${under}/`, 'text')];
  const column = raw(isBeyondIndex(`${under}.`) ? target.column : `left(${target.column}, ${INDEXED_LENGTH})`);
  return [
    ...conditions,
    sql`${column} >= ${node} AND ${column} < ${end} AND NOT (${column} > ${node} AND ${column} < ${first})`,
  ];
};

const culprit: Condition = (filter, { row }) => {
  const layers = typeof filter.is === 'object' ? filter.is : {};
  return (['code', 'tool', 'harness'] as const).flatMap((layer) => {
    const wanted = layers[layer] ?? null;
    return wanted === null ? [] : [sql`${raw(`${row}.culprit_${layer}`)} = ${param(wanted, 'boolean')}`];
  });
};

const issueVersion: Condition = (filter, { column, type }) => {
  const values = [...new Set(filter.in)].filter((value) => Number.isSafeInteger(value));
  return values.length === 0 ? null : [isOneOf(raw(column), values, type)];
};

/**
 * Only incidents that are present count. A subquery with LIMIT 1 is always a look-up by index for each row; a join might
 * become a scan.
 */
const hasIncident =
  (column: string): Condition =>
  (filter, { row }) => [
    raw(
      `(SELECT true FROM incidents i WHERE i.${column} = ${row}.id AND i.present LIMIT 1) IS ${filter.is === true ? 'NOT NULL' : 'NULL'}`,
    ),
  ];

/** What a filter field compares. */
interface FilterRule {
  readonly condition: Condition;
  /** The path in the model of what it compares, where that has another name than the filter field. */
  readonly field?: string;
  /** A text column that is derived from a field of the model. */
  readonly derived?: string;
  /** The column is indexed by its first 255 characters. */
  readonly isLong?: true;
  /** From what is asked for to what the column holds. */
  readonly form?: (value: string) => string;
}

const common = { id: { condition: text }, origin: { condition: text }, timestamp: { condition: range } };
const ofCheckout = {
  gitCommitHash: { condition: hash, form: (value: string) => value.toLowerCase() },
  treeName: { condition: longText(), isLong: true },
  gitRepositoryUrl: { condition: longText(normaliseUrl), derived: 'repository_key', isLong: true, form: normaliseUrl },
  gitRepositoryBranch: { condition: longText(), isLong: true },
} as const;
const ofBuild = { architecture: { condition: text }, configName: { condition: text }, compiler: { condition: text } };
const ofRun = {
  status: { condition: nullable },
  startTime: { condition: startTime },
  duration: { condition: range },
};

/** The fields that filter an entity by its own row. */
const FILTER_RULES: { readonly [E in EntityName]: { readonly [field: string]: FilterRule } } = {
  checkout: {
    ...common,
    ...ofCheckout,
    patchsetHash: { condition: patchset, derived: 'patchset' },
    gitCommitName: { condition: longText() },
    gitCommitTags: { condition: items },
    messageId: { condition: longText(messageIdSpellings) },
    valid: { condition: nullable },
    startTime: { condition: startTime },
  },
  build: {
    ...common,
    ...ofRun,
    ...ofBuild,
    checkoutId: { condition: text },
    hasIncident: { condition: hasIncident('build_id'), field: 'id' },
  },
  test: {
    ...common,
    ...ofRun,
    buildId: { condition: text },
    path: { condition: path, isLong: true },
    platform: { condition: longText(), derived: 'platform', isLong: true },
    compatible: { condition: items, field: 'environment.compatible' },
    number: { condition: range, field: 'number.value' },
    hasIncident: { condition: hasIncident('test_id'), field: 'id' },
  },
  issue: {
    ...common,
    category: { condition: items, field: 'categories' },
    reportUrl: { condition: longText() },
    culprit: { condition: culprit },
  },
  incident: {
    ...common,
    issueId: { condition: text },
    issueVersion: { condition: issueVersion },
    buildId: { condition: text },
    testId: { condition: text },
    present: { condition: nullable },
  },
};

/** A filter field with the column that it compares. */
export interface FilterColumn extends Omit<FilterRule, 'field' | 'derived'> {
  readonly column: string;
  readonly type: string;
}

const FILTER_COLUMNS: { readonly [E in EntityName]: ReadonlyMap<string, FilterColumn> } = {
  checkout: filterColumns('checkout'),
  build: filterColumns('build'),
  test: filterColumns('test'),
  issue: filterColumns('issue'),
  incident: filterColumns('incident'),
};

function filterColumns(entity: EntityName): ReadonlyMap<string, FilterColumn> {
  const known = new Map(FIELDS[entity].flatMap((field) => [field, ...field.parts]).map((field) => [field.name, field]));
  return new Map(
    Object.entries(FILTER_RULES[entity]).map(([name, rule]) => {
      if (rule.derived !== undefined) return [name, { ...rule, column: rule.derived, type: 'text' }];
      const field = known.get(rule.field ?? name);
      if (field === undefined) throw new Error(`There is no field "${rule.field ?? name}" of a ${entity}.`);
      return [name, { ...rule, column: columnName(field), type: columnType(field) }];
    }),
  );
}

/** @throws {Error} if the entity has no such filter on its own row: federation never asks for one */
export function filterColumn(entity: EntityName, name: string): FilterColumn {
  const column = FILTER_COLUMNS[entity].get(name);
  if (column === undefined) throw new Error(`There is no filter "${name}" on the row of a ${entity}.`);
  return column;
}

/** Which fields a filter reads of the build and of the checkout above a row. */
export const BUILD_FIELDS = Object.keys(ofBuild);
export const CHECKOUT_FIELDS = Object.keys(ofCheckout);

/** Which fields of a filter, of which row, and how the index of the access path spells the time. */
interface RowFilter {
  readonly fields: readonly string[];
  readonly row: string;
  readonly time: TimeSpelling;
}

/** The conditions of some fields on the entity's own row; null where nothing can fit. */
export function conditionsOn(entity: EntityName, where: AnyWhere, { fields, row, time }: RowFilter): Sql[] | null {
  const conditions: Sql[] = [];
  for (const name of fields) {
    const filter = where.get(name);
    if (filter === undefined) continue;
    const { condition, column, type } = filterColumn(entity, name);
    const made = condition(filter, { row, column: `${row}.${column}`, type, time });
    if (made === null) return null;
    conditions.push(...made);
  }
  return conditions;
}

/** The access path covers no field: all of them filter. */
export const NO_FIELDS: ReadonlySet<string> = new Set();

/** The conditions of all fields but those that the access path covers, ancestors' by a look-up for each row; null where nothing can fit. */
export function conditionsOf(
  entity: EntityName,
  where: AnyWhere,
  covered: ReadonlySet<string>,
  time: TimeSpelling,
): Sql[] | null {
  const names = [...where.keys()].filter((name) => !covered.has(name));
  const ofBuilds = entity === 'test' ? names.filter((name) => BUILD_FIELDS.includes(name)) : [];
  const ofCheckouts =
    entity === 'test' || entity === 'build' ? names.filter((name) => CHECKOUT_FIELDS.includes(name)) : [];
  const ofSelf = names.filter((name) => !ofBuilds.includes(name) && !ofCheckouts.includes(name));
  const own = conditionsOn(entity, where, { fields: ofSelf, row: 't', time });
  const build = conditionsOn('build', where, { fields: ofBuilds, row: 'b', time });
  const checkout = conditionsOn('checkout', where, { fields: ofCheckouts, row: 'c', time });
  if (own === null || build === null || checkout === null) return null;
  if (ofBuilds.length + ofCheckouts.length === 0) return own;
  const hasCheckout =
    checkout.length === 0
      ? null
      : sql`(SELECT true FROM checkouts c WHERE c.id = ${raw(entity === 'build' ? 't' : 'b')}.checkout_id AND ${allOf(checkout)})`;
  if (entity === 'build') return [...own, ...(hasCheckout === null ? [] : [hasCheckout])];
  const above = hasCheckout === null ? build : [...build, hasCheckout];
  return [...own, sql`(SELECT true FROM builds b WHERE b.id = t.build_id AND ${allOf(above)})`];
}

/** Of issues the newest version of each. */
export function versionCondition(entity: EntityName, allVersions: boolean): Sql[] {
  return entity === 'issue' && !allVersions ? [raw('t.newest')] : [];
}
