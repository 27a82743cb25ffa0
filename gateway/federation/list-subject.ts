import type { Order, PageItem, PageQuery, Paging, Place, RelationName } from '../../adapters/adapter.ts';
import type { SourceError } from '../../adapters/errors.ts';
import type { Filter } from '../../adapters/filter.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import type { Budget } from './budget.ts';
import type { FieldSet } from './field-set.ts';
import { keyOf } from './identity.ts';
import type { Source } from './registry.ts';
import type { Scope } from './scope.ts';

/** What a list holds, whatever its parent. */
export interface ListSubject<E extends EntityName> {
  readonly entity: E;
  /** Null: the entity as a whole. */
  readonly relation: RelationName | null;
  readonly where: Filter<E> | null;
  readonly order: Order;
  /** Of issues: all versions, not just the newest of each. */
  readonly allVersions: boolean;
  readonly scope: Scope;
}

/** One list of a level: below which parent it lies, and where it stands in the answer. */
export interface ListPlace {
  /** Key of the parent; empty for an entity as a whole. */
  readonly parent: string;
  readonly path: readonly (string | number)[];
}

/** What a source is asked for a list: one of its lists, or several that are read as one. */
export interface ListPart<E extends EntityName> {
  readonly relation: RelationName | null;
  readonly parent: string;
  readonly where: Filter<E> | null;
  /** Of a list by ids of parents, which its filter holds: what it is the list of. */
  readonly below?: { readonly field: ParentField; readonly ids: ReadonlySet<string> };
}

/** Where a child names its parent. */
export type ParentField = 'checkoutId' | 'buildId' | 'testId';

export interface ReadPage<T> {
  readonly items: readonly PageItem<T>[];
  readonly hasMore: boolean;
  readonly total?: number;
  /** A bound left rows out, here or on another page. */
  readonly isCut?: boolean;
}

/** Reads at most so many rows behind a place of one source's list. */
export type Reader<T> = (size: number, after: Place | null) => Promise<ReadPage<T> | SourceError>;

/** A source that the list reads. */
export interface ListedSource<E extends EntityName> {
  readonly source: Source;
  readonly paging: Paging;
  /** What of the list's filter the source applies itself, by what it has of ancestors and incidents. */
  readonly pushed: Filter<E> | null;
  /** What the gateway filters itself. */
  readonly residual: Filter<E> | null;
  /** Whose children a count by relation can add up; null where it must read them. */
  readonly countParts: readonly ListPart<E>[] | null;
  /** Whether an object that was not found by way of the list belongs to it. What cannot be told does not. */
  holds(object: Entities[E]): boolean;
  /** @param budget of upstream requests, for this page */
  reader(fields: FieldSet, budget: Budget): Reader<Entities[E]>;
}

/** What names an object over all sources in this list. */
export function identityIn<E extends EntityName>(subject: ListSubject<E>, object: Entities[E]): string {
  return subject.entity === 'issue' && !subject.allVersions ? object.id : keyOf(object);
}

export function pageQuery<E extends EntityName>(
  subject: ListSubject<E>,
  where: Filter<E> | null,
  first: number,
  after: Place | null,
): PageQuery<E> {
  const { order } = subject;
  return { where, order, first, after, ...(subject.allVersions ? { allVersions: true } : {}) };
}
