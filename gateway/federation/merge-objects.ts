import { fillGaps, ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import type { Conflict, Entities, EntityName } from '../../adapters/model.ts';
import { conflictsOf } from './conflicts.ts';
import type { FieldSet } from './field-set.ts';
import { keyOf, nodeId, TYPE_NAMES } from './identity.ts';
import type { Source } from './registry.ts';
import { SCOPE, type Scope, type Scoped } from './scope.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** What one source says of an object. Adapters' objects are shared: they are never changed. */
export interface Copy<T> {
  readonly source: Source;
  readonly object: T;
  /** By which lists sort it; null also where it was not asked for. */
  readonly time: string | null;
}

interface ShownFields extends Scoped {
  readonly __typename: string;
  /** Empty where it is not selected. */
  readonly nodeId: string;
  readonly sources: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** Of builds and tests. */
  readonly verdict?: Verdict;
}

/** An object in the shape of the schema. */
export type Shown<E extends EntityName> = Entities[E] & ShownFields;

/**
 * The copies of one object as one: field by field the first that says anything. Copies of the origin that the object's id
 * names precede all others, then they follow the priority of their sources.
 * @param copies by priority, at least one
 */
export function mergeObjects<E extends EntityName>(
  entity: E,
  copies: readonly Copy<Entities[E]>[],
  fields: FieldSet,
  scope: Scope,
): Shown<E> {
  const ordered = ownersFirst(copies, ({ object }) => object);
  const [first, ...others] = ordered;
  if (first === undefined) throw new Error(`No copy of a ${entity} was given to merge.`);
  const object =
    others.length === 0 ? first.object : others.reduce((so, { object }) => fillGaps(so, object), first.object);
  return {
    ...object,
    __typename: TYPE_NAMES[entity],
    nodeId: fields.showsNodeId ? nodeId(TYPE_NAMES[entity], keyOf(object)) : '',
    sources: copies.map(({ source }) => source.name),
    conflicts: fields.names.has('conflicts') ? conflictsOf(ordered) : [],
    ...('status' in object ? { verdict: verdictOf(object.status) } : {}),
    [SCOPE]: scope,
  };
}
