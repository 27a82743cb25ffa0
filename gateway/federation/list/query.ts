import type { Order, PageItem, PageQuery, Paging, Place, RelationName } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Filter } from '../../../adapters/contract/filter.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import type { FieldSet } from '../field-set.ts';
import { keyOf } from '../identity.ts';
import type { Source } from '../registry.ts';
import type { Budget, RequestContext, Scope } from '../request.ts';

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
  readonly below?: ParentIds;
  /** The source filters by the ancestors that it has itself; the merged graph is evaluated afterwards. */
  readonly byOwnAncestors?: boolean;
}

/** Where a child names its parent. */
export type ParentField = 'checkoutId' | 'buildId' | 'testId';

/** Parents by their ids, as their children name them. */
export interface ParentIds {
  readonly field: ParentField;
  readonly ids: ReadonlySet<string>;
}

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
  /** What the source is asked for, each with what it applies of the filter. */
  readonly parts: readonly ListPart<E>[];
  /** Conditions on the object itself that the gateway evaluates on each row; null where the source applies them all. */
  readonly residual: Filter<E> | null;
  /** Conditions on ancestors and incidents that are evaluated on the merged object, once its parent is not known to fit. */
  readonly graph: Filter<E> | null;
  /** Whose children a count by relation can add up; null where it must read them. */
  readonly countParts: readonly ListPart<E>[] | null;
  /** Whether objects that were not found by way of the list belong to it. What cannot be told does not. */
  holds(objects: readonly Entities[E][]): Promise<readonly boolean[]>;
  /** @param budget of upstream requests, for this page */
  reader(fields: FieldSet, budget: Budget): Reader<Entities[E]>;
}

/** How a list is read: made once for each place. */
export interface ListPlan<E extends EntityName> {
  /** By priority. */
  readonly sources: readonly ListedSource<E>[];
  /** Some objects may lie in none of the lists, since a source was not asked, failed, or was cut: they cannot be counted. */
  readonly isPartial: boolean;
  /** Below these parents an object is known to fit what the filter asks of ancestors. */
  readonly fitting: ParentIds | null;
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

const errors = new Map<string, SourceError>();

/** What a source lacks. @param obstacle the end of a sentence that begins with "This source" */
export function unsupported(obstacle: string): SourceError {
  let error = errors.get(obstacle);
  // One instance for one obstacle: the report tells the same error once a field.
  if (error === undefined) {
    error = new SourceError('SOURCE_UNSUPPORTED', `This source ${obstacle}.`);
    errors.set(obstacle, error);
  }
  return error;
}

/** A source that has such objects and could not be asked for them, with the end of a sentence that says why. */
export type UnableSource = readonly [source: Source, obstacle: string];

/**
 * Names the sources that have such objects and could not be asked for them: in an error where the client named them or
 * no source was left to ask, else in a warning.
 */
export function reportUnable(
  context: RequestContext,
  scope: Scope,
  unable: readonly UnableSource[],
  isAnyLeft: boolean,
  path: readonly (string | number)[],
): void {
  for (const [source, obstacle] of unable) {
    if (scope.isNamed || !isAnyLeft) context.report.fail(source.name, unsupported(obstacle), path);
    else context.report.warn(source.name, unsupported(obstacle), path);
  }
}
