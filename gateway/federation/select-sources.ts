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
} from '../../adapters/adapter.ts';
import type { EntityName } from '../../adapters/model.ts';
import type { ParentField } from './list-subject.ts';
import type { Source } from './registry.ts';

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
