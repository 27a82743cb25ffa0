import type { RelationName } from '../../adapters/adapter.ts';
import { FILTER_FIELDS, type Filter, type FilterOperator, type FilterSubject } from '../../adapters/filter.ts';
import type { EntityName } from '../../adapters/model.ts';
import type { Source } from './registry.ts';
import { entityCapability, relationCapability } from './select-sources.ts';

/** A filter split in what a source applies itself and what is left for the gateway. */
export interface SplitFilter<E extends EntityName> {
  readonly pushed: Filter<E> | null;
  readonly residual: Filter<E> | null;
  /** What the rest reads beside the object itself. */
  readonly reads: ReadonlySet<FilterSubject>;
  readonly residualFields: readonly string[];
}

interface Rule {
  readonly of: FilterSubject;
}
type Pushed = { readonly [field: string]: readonly FilterOperator[] | undefined };

const SELF: ReadonlySet<FilterSubject> = new Set();

/** How a source's list takes a filter. */
export function splitFilter<E extends EntityName>(
  source: Source,
  entity: E,
  relation: RelationName | null,
  where: Filter<E> | null,
): SplitFilter<E> {
  if (where === null) return { pushed: null, residual: null, reads: SELF, residualFields: [] };
  const own = relation === null ? undefined : relationCapability(source, relation)?.filters;
  const takes: Pushed = own ?? entityCapability(source, entity)?.filters ?? {};
  const isPushed = ([field, filter]: readonly [string, unknown]) =>
    operatorsOf(filter).every((operator) => takes[field]?.includes(operator));
  const entries = Object.entries(where).filter(([, filter]) => filter !== undefined);
  const pushed = entries.filter(isPushed);
  if (pushed.length === entries.length) return { pushed: where, residual: null, reads: SELF, residualFields: [] };
  const residual = entries.filter((entry) => !isPushed(entry));
  const rules: Readonly<Record<string, Rule>> = FILTER_FIELDS[entity];
  return {
    pushed: pushed.length === 0 ? null : pick(where, pushed),
    residual: pick(where, residual),
    reads: new Set(residual.map(([field]) => rules[field]?.of ?? 'self')),
    residualFields: residual.map(([field]) => field),
  };
}

/** The filter with only some of its fields. */
function pick<F extends object>(where: F, entries: readonly (readonly [string, unknown])[]): F {
  const kept = new Set(entries.map(([field]) => field));
  const picked = { ...where };
  for (const field of Object.keys(where)) if (!kept.has(field)) Reflect.deleteProperty(picked, field);
  return picked;
}

function operatorsOf(filter: unknown): readonly FilterOperator[] {
  const keys = typeof filter === 'object' && filter !== null ? Object.keys(filter) : [];
  const operators = new Set<FilterOperator>();
  for (const key of keys) {
    if (key === 'from' || key === 'to') operators.add('range');
    else if (isOperator(key)) operators.add(key);
  }
  return [...operators];
}

function isOperator(key: string): key is FilterOperator {
  return key === 'in' || key === 'prefix' || key === 'under' || key === 'contains' || key === 'is';
}

/** The fields of the object itself that a filter compares. */
export function fieldsRead<E extends EntityName>(entity: E, where: Filter<E> | null): readonly string[] {
  if (where === null) return [];
  const rules: Readonly<Record<string, Rule>> = FILTER_FIELDS[entity];
  return Object.keys(where).flatMap((field) => (rules[field]?.of === 'self' ? (HELD_IN[field] ?? [field]) : []));
}

/** Where a filter field is not named as the field that it reads. */
const HELD_IN: Readonly<Record<string, readonly string[]>> = {
  platform: ['environment'],
  compatible: ['environment'],
  category: ['categories'],
};

/** What a filter reads beside the object. */
export function subjectsRead<E extends EntityName>(entity: E, where: Filter<E> | null): ReadonlySet<FilterSubject> {
  const rules: Readonly<Record<string, Rule>> = FILTER_FIELDS[entity];
  return new Set(Object.keys(where ?? {}).map((field) => rules[field]?.of ?? 'self'));
}
