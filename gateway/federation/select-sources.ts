import type { EntityCapability, Order, RelationCapability, RelationName } from '../../adapters/adapter.ts';
import type { EntityName } from '../../adapters/model.ts';
import type { ParentField } from './list-subject.ts';
import type { Source } from './registry.ts';

const patterns = new Map<string, RegExp>();

/** Whether a source's own statement of its keys leaves room for one; without a statement any fits. */
export function fitsKeys(keys: string | undefined, key: string): boolean {
  if (keys === undefined) return true;
  let pattern = patterns.get(keys);
  // There are as many patterns as capabilities, which do not change while the gateway runs.
  if (pattern === undefined) {
    pattern = new RegExp(keys, 'u');
    patterns.set(keys, pattern);
  }
  return pattern.test(key);
}

export function entityCapability<E extends EntityName>(source: Source, entity: E): EntityCapability<E> | undefined {
  return source.adapter.capabilities.entities[entity];
}

export function relationCapability(source: Source, relation: RelationName): RelationCapability | undefined {
  return source.adapter.capabilities.relations[relation];
}

/** The sources that can look an object up by this key. */
export function canGet(source: Source, entity: EntityName, key: string): boolean {
  const capability = entityCapability(source, entity);
  return capability !== undefined && capability.get !== null && fitsKeys(capability.keys, bareId(entity, key));
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
export function canHoldBelow(source: Source, entity: EntityName, relation: RelationName, parent: string): boolean {
  const keys = relationCapability(source, relation)?.keys ?? entityCapability(source, entity)?.parents?.[relation];
  return fitsKeys(keys, bareParent(parent));
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
  const capability = entityCapability(source, entity);
  const filters: { readonly [field: string]: readonly string[] | undefined } = capability?.filters ?? {};
  return capability?.list?.order.includes(order) === true && filters[field]?.includes('in') === true;
}

/** How a list is read from a source. */
export type ListCapability = Pick<RelationCapability, 'order' | 'paging' | 'maxPage'>;

/** Why a source that could hold the list does not give it, as the end of a sentence; null where it gives it. */
export function listObstacle(capability: ListCapability | null | undefined, what: string, order: Order): string | null {
  if (capability === null || capability === undefined) return `cannot list ${what}`;
  return capability.order.includes(order) ? null : `cannot list ${what} in the order ${order}`;
}

/** The literal beginnings that a pattern allows; null where they cannot be told. */
function beginnings(keys: string | undefined): readonly string[] | null {
  const match = keys === undefined ? null : /^\^(?:\((?:\?:)?([\w:|-]+)\))?([\w:-]*)/.exec(keys);
  if (match === null) return null;
  const [whole, alternatives = '', rest = ''] = match;
  // What follows may make the last character optional.
  const isOpen = /^[?*{|]/.test((keys ?? '').slice(whole.length));
  const tail = isOpen ? rest.slice(0, -1) : rest;
  if (isOpen && rest === '') return null;
  return alternatives.split('|').map((start) => start + tail);
}

/** Whether no id fits two of the patterns, so that no object can lie in two of the sources. */
export function keysExclude(all: readonly (string | undefined)[]): boolean {
  const starts = all.map(beginnings);
  return starts.every(
    (some, index) =>
      some !== null &&
      starts.slice(index + 1).every((others) => others?.every((other) => some.every((one) => areApart(one, other)))),
  );
}

function areApart(a: string, b: string): boolean {
  return !a.startsWith(b) && !b.startsWith(a);
}
