import { foldCase, messageIdSpellings } from '../filter.ts';
import { normaliseUrl } from '../kit/normalise-url.ts';
import type { EntityName } from '../model.ts';
import {
  beginsWith,
  type Condition,
  INDEXED_LENGTH,
  isBeyondIndex,
  isLongText,
  isOneOf,
  isWithin,
  items,
  longText,
  nullable,
  range,
  text,
} from './compare.ts';
import { type AnyWhere, isStorableText, textsOf } from './filter-fields.ts';
import type { TimeSpelling } from './keyset.ts';
import { param, raw, type Sql, sql } from './sql.ts';

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
