import type { Order, RelationName } from '../../../adapters/contract/adapter.ts';
import { FILTER_FIELDS, type Filter, type FilterOperator } from '../../../adapters/contract/filter.ts';
import type { EntityName } from '../../../adapters/contract/model.ts';
import type { Selection } from '../../federation/field-set.ts';
import { type Connection, type ConnectionRequest, connections } from '../../federation/list/connection.ts';
import { isStorable } from '../../federation/lookup.ts';
import type { Shown } from '../../federation/merge.ts';
import { type Scope, type Scoped, selectScope } from '../../federation/request.ts';
import { clientError, quoted } from '../../federation/source-report.ts';
import { type BatchResolver, perScope } from './batch-resolver.ts';

/** What a list field always is, whatever its arguments. */
export interface ListFieldOptions<E extends EntityName> {
  /** Such as `Build.tests`: cursors belong to it. */
  readonly field: string;
  readonly entity: E;
  readonly relation: RelationName | null;
}

export function listRequest<E extends EntityName>(
  { field, entity, relation }: ListFieldOptions<E>,
  args: ListArguments,
  scope: Scope,
  selection: Selection,
): ConnectionRequest<E> {
  const { where, isNothing } = readFilter(entity, args.filter);
  const order = args.orderBy ?? 'NEWEST';
  const subject = { entity, relation, where, order, allVersions: args.allVersions ?? false, scope };
  return { field, subject, first: readFirst(args), after: args.after ?? null, selection, isNothing };
}

/** A list below parents. */
export function listField<Parent extends Scoped, E extends EntityName>(
  options: ListFieldOptions<E>,
  keyOf: (parent: Parent) => string,
): BatchResolver<Parent, ListArguments, Connection<Shown<E>>> {
  return (parents, args, context, { selection, path }) =>
    perScope(parents, async (scope, indices) => {
      const request = listRequest(options, args, scope, selection);
      const places = await context.work.map(indices, (index) => ({
        parent: keyOf(parents[index]!),
        path: path(index),
      }));
      return await connections(context, request, places);
    });
}

/** A list of an entity as a whole. */
export function rootList<E extends EntityName>(
  options: ListFieldOptions<E>,
): BatchResolver<unknown, ListArguments & SourcesArgument, Connection<Shown<E>>> {
  return async (parents, args, context, { selection, path }) => {
    const scope = selectScope(context.registry, args.sources);
    const request = listRequest(options, args, scope, selection);
    const places = parents.map((_, index) => ({ parent: '', path: path(index) }));
    return await connections(context, request, places);
  };
}

/** The arguments of a list field, as GraphQL coerces them. */
export interface ListArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: object | null;
  readonly orderBy?: Order | null;
  readonly allVersions?: boolean | null;
}

export interface SourcesArgument {
  readonly sources?: readonly string[] | null;
}

const DEFAULT_FIRST = 25;
export const MAX_FIRST = 500;

/** @throws {GraphQLError} BAD_USER_INPUT where `first` is out of bounds: it is refused, never clamped */
export function readFirst({ first }: ListArguments): number {
  const count = first ?? DEFAULT_FIRST;
  if (count >= 0 && count <= MAX_FIRST) return count;
  throw clientError(
    'BAD_USER_INPUT',
    `"first" is ${count}: give a number from 0 to ${MAX_FIRST}, and go on with "after".`,
  );
}

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
