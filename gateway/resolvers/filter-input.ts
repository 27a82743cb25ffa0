import { FILTER_FIELDS, type Filter, type FilterOperator } from '../../adapters/filter.ts';
import type { EntityName } from '../../adapters/model.ts';
import { clientError, quoted } from '../federation/client-error.ts';
import { isStorable } from '../federation/storable-text.ts';

/** A filter as the sources are asked by it. `isNothing`: it fits nothing, whatever there is. */
export interface FilterInput<E extends EntityName> {
  readonly where: Filter<E> | null;
  readonly isNothing: boolean;
}

/** What one field of the input becomes: a condition, nothing at all to fit, or no condition. */
type Condition = object | 'nothing' | null;

const HASH = /^[0-9a-f]{40}$/i;
const HASH_PREFIX = /^[0-9a-f]{1,40}$/i;
const PATCHSET = /^([0-9a-f]{64})?$/i;

/**
 * The filter argument of a list. What is absent or null does not filter, an empty list fits nothing; neither does text
 * that no source can hold, which is not sent.
 * @throws {GraphQLError} BAD_USER_INPUT where a hash is none
 */
export function readFilter<E extends EntityName>(entity: E, input: object | null | undefined): FilterInput<E> {
  const fields: { readonly [field: string]: { readonly operators: readonly FilterOperator[] } } = FILTER_FIELDS[entity];
  const where: Record<string, object> = {};
  for (const [field, value] of Object.entries(input ?? {})) {
    if (value === null || value === undefined) continue;
    const condition = readCondition(field, fields[field]?.operators ?? [], value);
    if (condition === 'nothing') return { where: null, isNothing: true };
    if (condition !== null) where[field] = condition;
  }
  if (Object.keys(where).length === 0) return { where: null, isNothing: false };
  if (!isFilter(entity, where)) throw new Error(`The schema has filters of a ${entity} that the model lacks.`);
  return { where, isNothing: false };
}

function isFilter<E extends EntityName>(entity: E, where: object): where is Filter<E> {
  return Object.keys(where).every((field) => field in FILTER_FIELDS[entity]);
}

function readCondition(field: string, operators: readonly FilterOperator[], value: unknown): Condition {
  if (Array.isArray(value)) return listOf(field === 'patchsetHash' ? value.map(readPatchset) : value);
  if (typeof value !== 'object') return { is: value };
  if (operators.includes('range')) return nonEmpty(present(value));
  if (operators.includes('is')) return wrapped(nonEmpty(present(value)));
  return textCondition(field === 'gitCommitHash', present(value));
}

/** `in` with `prefix`, of hashes, or with `under`, `prefix` and `contains`, of paths. */
function textCondition(isHash: boolean, parts: Readonly<Record<string, unknown>>): Condition {
  const { in: list, prefix, under, contains } = parts;
  const condition: Record<string, unknown> = {};
  if (Array.isArray(list)) {
    const values = listOf(isHash ? list.map((hash) => readHash(hash, HASH, '40 hexadecimal digits')) : list);
    if (values === 'nothing') return 'nothing';
    Object.assign(condition, values);
  }
  for (const [operator, text] of Object.entries({ prefix, under, contains })) {
    if (typeof text !== 'string') continue;
    if (!isStorable(text)) return 'nothing';
    condition[operator] = isHash ? readHash(text, HASH_PREFIX, '1 to 40 hexadecimal digits') : text;
  }
  return nonEmpty(condition);
}

function listOf(values: readonly unknown[]): Condition {
  const storable = [...new Set(values)].filter((value) => typeof value !== 'string' || isStorable(value));
  return storable.length === 0 ? 'nothing' : { in: storable };
}

function readHash(hash: unknown, pattern: RegExp, rule: string): string {
  const text = String(hash);
  if (!isStorable(text)) return text;
  if (pattern.test(text)) return text.toLowerCase();
  throw clientError('BAD_USER_INPUT', `${quoted(text)} is no commit hash to filter by: give ${rule}.`);
}

function readPatchset(hash: unknown): string {
  const text = String(hash);
  if (!isStorable(text)) return text;
  if (PATCHSET.test(text)) return text.toLowerCase();
  throw clientError(
    'BAD_USER_INPUT',
    `${quoted(text)} is no patchset hash: give 64 hexadecimal digits, or the empty string for none.`,
  );
}

/** What is given: null is the same as absent. */
function present(value: object | null): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, part]) => part !== null && part !== undefined));
}

function nonEmpty<T extends object>(condition: T): T | null {
  return Object.keys(condition).length === 0 ? null : condition;
}

function wrapped(value: object | null): Condition {
  return value === null ? null : { is: value };
}
