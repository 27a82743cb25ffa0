import {
  type Adapter,
  type ChildSource,
  childSource,
  type EntitySource,
  fitsKeys,
  type Keys,
  type ListTerms,
  type Order,
  type RelationName,
} from '../../adapters/contract/adapter.ts';
import {
  type BuildFilter,
  type CheckoutFilter,
  FILTER_FIELDS,
  type Filter,
  type FilterOperator,
  type FilterSubject,
  type Filters,
  type PushedFilters,
} from '../../adapters/contract/filter.ts';
import type { EntityName } from '../../adapters/contract/model.ts';
import type { ParentField } from './list/query.ts';
import type { Source } from './registry.ts';
import type { Scope } from './request.ts';

export function entitySource<E extends EntityName>(source: Source, entity: E): EntitySource<E> | undefined {
  return source.adapter.entities[entity];
}

export function relationSource<E extends EntityName>(
  { adapter }: { readonly adapter: Pick<Adapter, 'relations'> },
  relation: RelationName,
): ChildSource<E> | undefined {
  return childSource<E>(adapter, relation);
}

/** How a source lists an entity as a whole (no relation), or below parents; undefined where it cannot. */
export function listTerms<E extends EntityName>(
  source: Source,
  entity: E,
  relation: RelationName | null,
): ListTerms<E> | undefined {
  return relation === null ? entitySource(source, entity)?.list : relationSource<E>(source, relation)?.list;
}

/** The sources that can look an object up by this key. */
export function canGet(source: Source, entity: EntityName, key: string): boolean {
  const asked = entitySource(source, entity);
  return asked?.get !== undefined && fitsKeys(asked.keys, bareId(entity, key));
}

/** Patterns are about ids; the version of an issue is none of theirs. */
function bareId(entity: EntityName, key: string): string {
  return entity === 'issue' ? bareParent(key) : key;
}

/** The key of a parent without the version of an issue. */
export function bareParent(parent: string): string {
  return parent.replace(/^\d+@/, '');
}

/** Whether a source can hold children of a parent, by what it says itself. */
export function canHoldBelow(source: Source, relation: RelationName, parent: string): boolean {
  return fitsKeys(source.adapter.relations[relation]?.keys, bareParent(parent));
}

/** Where the children of a relation name their parent: a list that is filtered by it is the relation's, too. */
export const PARENT_FIELDS: { readonly [R in RelationName]?: ParentField } = {
  buildsOfCheckout: 'checkoutId',
  testsOfBuild: 'buildId',
  incidentsOfBuild: 'buildId',
  incidentsOfTest: 'testId',
};

/** Whether a source's own list can be filtered by the ids of parents. */
export function canListByParents(source: Source, entity: EntityName, field: ParentField, order: Order): boolean {
  const list = entitySource(source, entity)?.list;
  const filters: { readonly [field: string]: readonly string[] | undefined } = list?.filters ?? {};
  return list?.order.includes(order) === true && filters[field]?.includes('in') === true;
}

/** In what order, how and how much at once a list is read. */
export type ListReading = Pick<ListTerms<EntityName>, 'order' | 'paging' | 'maxPage'>;

/** Why a source that could hold the list does not give it, as the end of a sentence; null where it gives it. */
export function listObstacle(list: ListReading | undefined, what: string, order: Order): string | null {
  if (list === undefined) return `cannot list ${what}`;
  return list.order.includes(order) ? null : `cannot list ${what} in the order ${order}`;
}

/** Whether no id fits two of the statements, so that no object can lie in two of the sources. */
export function keysExclude(all: readonly (Keys | undefined)[]): boolean {
  return all.every((one, index) => all.slice(index + 1).every((other) => areApart(one, other)));
}

function areApart(one: Keys | undefined, other: Keys | undefined): boolean {
  const isWithin = (origins: readonly string[] | undefined, outside: readonly string[] | undefined) =>
    origins?.every((origin) => outside?.includes(origin)) === true;
  if (isWithin(one?.origins, other?.notOrigins) || isWithin(other?.origins, one?.notOrigins)) return true;
  return one?.origins?.every((origin) => other?.origins?.includes(origin) === false) === true;
}

/** A filter of each entity that asks for nothing. */
export const NO_FILTER: Filters = { checkout: {}, build: {}, test: {}, issue: {}, incident: {} };

interface Rule {
  readonly of: FilterSubject;
}
type Pushed = { readonly [field: string]: readonly FilterOperator[] | undefined };

/** A filter split in what a source applies itself and what is left for the gateway. */
export interface SplitFilter<E extends EntityName> {
  readonly pushed: Filter<E> | null;
  /** Conditions on the object itself: they are evaluated on each copy. */
  readonly residual: Filter<E> | null;
  /** Conditions on ancestors and incidents: they are evaluated on the merged graph. */
  readonly graph: Filter<E> | null;
}

/**
 * How a source takes a filter, by the filters that it applies itself. What a filter reads of ancestors and incidents is pushed down only to a source that
 * decides it alone, since another source may hold them.
 */
export function splitFilter<E extends EntityName>(
  scope: Scope,
  source: Source,
  entity: E,
  filters: PushedFilters<E> | undefined,
  where: Filter<E> | null,
): SplitFilter<E> {
  if (where === null) return { pushed: null, residual: null, graph: null };
  const isPushed = (field: string, filter: unknown) =>
    takes(filters, field, filter) && decidesAlone(scope, source, entity, subjectOf(entity, field));
  return {
    pushed: pickFields(where, isPushed),
    residual: pickFields(where, (field, filter) => !isPushed(field, filter) && subjectOf(entity, field) === 'self'),
    graph: pickFields(where, (field, filter) => !isPushed(field, filter) && subjectOf(entity, field) !== 'self'),
  };
}

/** Whether a condition is among those that a source applies itself. */
export function takes(filters: Pushed | undefined, field: string, filter: unknown): boolean {
  return operatorsOf(filter).every((operator) => filters?.[field]?.includes(operator));
}

/**
 * Whether no other source can hold what a filter reads beside the object: then what the source itself has of it decides.
 * A source says by its `keys` which ids it can hold, and below which parents.
 */
export function decidesAlone(scope: Scope, source: Source, entity: EntityName, subject: FilterSubject): boolean {
  if (subject === 'self') return true;
  const areApart = (other: Source, own: Keys | undefined, theirs: Keys | undefined) =>
    other === source || keysExclude([own, theirs]);
  const isAlone = (ancestor: 'build' | 'checkout', below: RelationName) => {
    const own = relationSource(source, below)?.keys;
    return scope.sources.every((other) => {
      const theirs = entitySource(other, ancestor);
      return theirs === undefined || areApart(other, own, theirs.keys);
    });
  };
  if (subject === 'incidents') {
    const own = entitySource(source, entity)?.keys;
    const relation = entity === 'test' ? 'incidentsOfTest' : 'incidentsOfBuild';
    return scope.sources.every((other) => {
      if (entitySource(other, 'incident') === undefined) return true;
      return areApart(other, own, relationSource(other, relation)?.keys);
    });
  }
  const isBuildAlone = entity !== 'test' || isAlone('build', 'testsOfBuild');
  return isBuildAlone && (subject === 'build' || isAlone('checkout', 'buildsOfCheckout'));
}

/** The filter with only some of its fields; null without any. */
export function pickFields<F extends object>(
  where: F | null,
  isPicked: (field: string, filter: unknown) => boolean,
): F | null {
  if (where === null) return null;
  const entries = Object.entries(where).filter(([, filter]) => filter !== undefined);
  const dropped = entries.filter(([field, filter]) => !isPicked(field, filter));
  if (dropped.length === entries.length) return null;
  if (dropped.length === 0) return where;
  const picked = { ...where };
  for (const [field] of dropped) Reflect.deleteProperty(picked, field);
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

/** What a filter field reads: the object itself, one of its ancestors, or its incidents. */
export function subjectOf(entity: EntityName, field: string): FilterSubject {
  const rules: Readonly<Record<string, Rule>> = FILTER_FIELDS[entity];
  return rules[field]?.of ?? 'self';
}

function isOperator(key: string): key is FilterOperator {
  return key === 'in' || key === 'prefix' || key === 'under' || key === 'contains' || key === 'is';
}

/** The fields of the object itself that a filter compares. */
export function fieldsRead<E extends EntityName>(entity: E, where: Filter<E> | null): readonly string[] {
  if (where === null) return [];
  return Object.keys(where).flatMap((field) =>
    subjectOf(entity, field) === 'self' ? (HELD_IN[field] ?? [field]) : [],
  );
}

/** Where a filter field is not named as the field that it reads. */
const HELD_IN: Readonly<Record<string, readonly string[]>> = {
  platform: ['environment'],
  compatible: ['environment'],
  category: ['categories'],
};

/** What a filter reads beside the object. */
export function subjectsRead<E extends EntityName>(entity: E, where: Filter<E> | null): ReadonlySet<FilterSubject> {
  return new Set(Object.keys(where ?? {}).map((field) => subjectOf(entity, field)));
}

/** What a filter asks of the ancestors of builds and tests, as filters of those ancestors; null where it asks nothing. */
export interface AncestorConditions {
  readonly build: BuildFilter | null;
  readonly checkout: CheckoutFilter | null;
}

/** The conditions on ancestors. */
export function ancestorConditions(entity: EntityName, where: object | null): AncestorConditions {
  if (entity !== 'build' && entity !== 'test') return { build: null, checkout: null };
  // The fields have the same names and operators in the ancestor's own filter.
  const build: BuildFilter | null = pickFields(where, (field) => subjectOf(entity, field) === 'build');
  const checkout: CheckoutFilter | null = pickFields(where, (field) => subjectOf(entity, field) === 'checkout');
  return { build, checkout };
}

/** The conditions on the object itself and on its incidents: what is left once its ancestors are known to fit. */
export function withoutAncestors<E extends EntityName>(entity: E, where: Filter<E> | null): Filter<E> | null {
  return pickFields(where, (field) => {
    const subject = subjectOf(entity, field);
    return subject === 'self' || subject === 'incidents';
  });
}
