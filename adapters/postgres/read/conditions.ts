import { type Filter, foldCase, messageIdSpellings } from '../../filter.ts';
import { normaliseUrl } from '../../kit/normalise-url.ts';
import type { EntityName } from '../../model.ts';
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

/** The fields that filter at all. */
export function fieldsOf<E extends EntityName>(where: Filter<E> | null): AnyWhere {
  const fields = new Map<string, AnyFilter>();
  for (const [name, value] of Object.entries(where ?? {})) {
    const filter: AnyFilter | null | undefined = value;
    if (filter !== null && filter !== undefined) fields.set(name, filter);
  }
  return fields;
}

/** The values of a list that the database can hold, each once. */
export function textsOf(filter: AnyFilter): readonly string[] {
  return [...new Set(filter.in?.filter((value) => typeof value === 'string'))].filter(isStorableText);
}

/** Whether PostgreSQL can hold a text at all: what holds a NUL or half a surrogate pair fits nothing and is not sent. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

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

/** In the spelling of the index that drives the list, which it then cuts. */
const startTime: Condition = (filter, _, time) => {
  const value = raw(time.expression);
  return isWithin(value, time.type, filter, sql`${value} > '-infinity'`);
};

const hash: Condition = (filter, alias) => {
  const column = raw(`${alias}.git_commit_hash`);
  const conditions: Sql[] = [];
  if (filter.in !== undefined && filter.in !== null) {
    const values = [...new Set(textsOf(filter).map((value) => value.toLowerCase()))];
    if (values.length === 0) return null;
    conditions.push(isOneOf(column, values, 'text'));
  }
  const prefix = filter.prefix?.toLowerCase();
  if (prefix !== undefined) {
    // Stored hashes are hexadecimal, so nothing else is the beginning of one, and `g` lies behind them all.
    if (!/^[0-9a-f]*$/.test(prefix)) return null;
    conditions.push(sql`${column} >= ${param(prefix, 'text')}`, sql`${column} < ${param(`${prefix}g`, 'text')}`);
  }
  return conditions.length === 0 ? [sql`${column} IS NOT NULL`] : conditions;
};

const patchset: Condition = (filter, alias) => {
  const values = [...new Set(textsOf(filter).map((value) => value.toLowerCase()))];
  if (values.length === 0) return null;
  const column = raw(`${alias}.patchset`);
  // The index leaves out what has no patches; saying so twice lets it be used.
  const patched = values.includes('') ? [] : [sql`${column} <> ''`];
  return [isOneOf(column, values, 'text'), ...patched];
};

const path: Condition = (filter, alias) => {
  const conditions: Sql[] = [];
  if (filter.in !== undefined && filter.in !== null) {
    const values = textsOf(filter);
    if (values.length === 0) return null;
    conditions.push(...isLongText(`${alias}.path`, values));
  }
  const { under, prefix, contains } = filter;
  if (![under, prefix, contains].every((text) => isStorableText(text ?? ''))) return null;
  if (prefix) conditions.push(...beginsWith(`${alias}.path`, prefix));
  // In the collation of the column, `lower` knows the letters A to Z alone.
  if (contains) conditions.push(sql`strpos(lower(${raw(`${alias}.path`)}), ${param(foldCase(contains), 'text')}) > 0`);
  if (!under) return [...conditions, raw(`${alias}.path IS NOT NULL`)];
  // `/` is the character behind `.`, so a subtree is one range; `ltp-x` lies between `ltp` and `ltp.` and is not of it.
  const [node, first, end] = [param(under, 'text'), param(`${under}.`, 'text'), param(`${under}/`, 'text')];
  const column = raw(isBeyondIndex(`${under}.`) ? `${alias}.path` : `left(${alias}.path, ${INDEXED_LENGTH})`);
  return [
    ...conditions,
    sql`${column} >= ${node} AND ${column} < ${end} AND NOT (${column} > ${node} AND ${column} < ${first})`,
  ];
};

const culprit: Condition = (filter, alias) => {
  const layers = typeof filter.is === 'object' ? filter.is : {};
  return (['code', 'tool', 'harness'] as const).flatMap((layer) => {
    const wanted = layers[layer] ?? null;
    return wanted === null ? [] : [sql`${raw(`${alias}.culprit_${layer}`)} = ${param(wanted, 'boolean')}`];
  });
};

const issueVersion: Condition = (filter, alias) => {
  const values = [...new Set(filter.in)].filter((value) => Number.isSafeInteger(value));
  return values.length === 0 ? null : [isOneOf(raw(`${alias}.issue_version`), values, 'bigint')];
};

/**
 * An incident that was ruled out, or that nobody has looked at, is none. A subquery for one row is looked up by index for
 * each row, whatever the planner thinks of a join.
 */
const hasIncident =
  (column: string): Condition =>
  (filter, alias) => [
    raw(
      `(SELECT true FROM incidents i WHERE i.${column} = ${alias}.id AND i.present LIMIT 1) IS ${filter.is === true ? 'NOT NULL' : 'NULL'}`,
    ),
  ];

const common = { id: text('id'), origin: text('origin'), timestamp: range('timestamp', 'timestamptz') };
const ofCheckout = {
  gitCommitHash: hash,
  treeName: longText('tree_name'),
  gitRepositoryUrl: longText('repository_key', normaliseUrl),
  gitRepositoryBranch: longText('git_repository_branch'),
};
const ofBuild = { architecture: text('architecture'), configName: text('config_name'), compiler: text('compiler') };
const ofRun = { status: nullable('status', 'text'), startTime, duration: range('duration', 'double precision') };

/** What a filter field compares, of the entity's own row. */
const OWN_CONDITIONS: { readonly [E in EntityName]: { readonly [field: string]: Condition } } = {
  checkout: {
    ...common,
    ...ofCheckout,
    patchsetHash: patchset,
    gitCommitName: longText('git_commit_name'),
    gitCommitTags: items('git_commit_tags'),
    messageId: longText('message_id', messageIdSpellings),
    valid: nullable('valid', 'boolean'),
    startTime,
  },
  build: { ...common, ...ofRun, ...ofBuild, checkoutId: text('checkout_id'), hasIncident: hasIncident('build_id') },
  test: {
    ...common,
    ...ofRun,
    buildId: text('build_id'),
    path,
    platform: longText('platform'),
    compatible: items('environment_compatible'),
    number: range('number_value', 'double precision'),
    hasIncident: hasIncident('test_id'),
  },
  issue: { ...common, category: items('categories'), reportUrl: longText('report_url'), culprit },
  incident: {
    ...common,
    issueId: text('issue_id'),
    issueVersion,
    buildId: text('build_id'),
    testId: text('test_id'),
    present: nullable('present', 'boolean'),
  },
};

/** Which fields a filter reads of the build and of the checkout above a row. */
export const BUILD_FIELDS = Object.keys(ofBuild);
export const CHECKOUT_FIELDS = Object.keys(ofCheckout);

/** The conditions of some fields on the entity's own row `alias`; null where nothing can fit. */
export function conditionsOn(
  entity: EntityName,
  where: AnyWhere,
  fields: readonly string[],
  alias: string,
  time: TimeSpelling,
): Sql[] | null {
  const conditions: Sql[] = [];
  for (const name of fields) {
    const filter = where.get(name);
    if (filter === undefined) continue;
    const condition = OWN_CONDITIONS[entity][name];
    if (condition === undefined) throw new Error(`There is no filter "${name}" on the row of a ${entity}.`);
    const made = condition(filter, alias, time);
    if (made === null) return null;
    conditions.push(...made);
  }
  return conditions;
}

/** No field drives: all of them filter. */
export const NO_FIELDS: ReadonlySet<string> = new Set();

/** The conditions of all fields but those that already drive, ancestors' by a look-up for each row; null where nothing can fit. */
export function conditionsOf(
  entity: EntityName,
  where: AnyWhere,
  driving: ReadonlySet<string>,
  time: TimeSpelling,
): Sql[] | null {
  const names = [...where.keys()].filter((name) => !driving.has(name));
  const ofBuilds = entity === 'test' ? names.filter((name) => BUILD_FIELDS.includes(name)) : [];
  const ofCheckouts =
    entity === 'test' || entity === 'build' ? names.filter((name) => CHECKOUT_FIELDS.includes(name)) : [];
  const own = conditionsOn(
    entity,
    where,
    names.filter((name) => !ofBuilds.includes(name) && !ofCheckouts.includes(name)),
    't',
    time,
  );
  const build = conditionsOn('build', where, ofBuilds, 'b', time);
  const checkout = conditionsOn('checkout', where, ofCheckouts, 'c', time);
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
