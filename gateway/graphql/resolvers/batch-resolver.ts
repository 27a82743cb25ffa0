import type { EntityName } from '../../../adapters/contract/model.ts';
import { fieldSet, type Selection } from '../../federation/field-set.ts';
import { fetchObjects } from '../../federation/lookup.ts';
import type { Shown } from '../../federation/merge.ts';
import { type RequestContext, type Scope, type Scoped, scopeOf } from '../../federation/request.ts';

export type ResponsePath = readonly (string | number)[];

/** The field that is being resolved. */
export interface ResolvedField {
  /** What is selected below it. */
  readonly selection: Selection;
  /** Where the value of the parent at this index will stand in the response. */
  path(index: number): ResponsePath;
}

/**
 * Resolves one relation for all parents of a level in one call. The answer has one value a parent, in their order; an
 * Error as a value fails that parent's field alone. Under an executor that goes parent by parent, the calls are
 * collected first (`execution/batch-to-field-resolver.ts`).
 */
export type BatchResolver<Parent, Args, Value> = (
  parents: readonly Parent[],
  args: Args,
  context: RequestContext,
  field: ResolvedField,
) => Promise<readonly (Value | Error)[]>;

/**
 * Asks for the parents of each scope together. One field of a document can have parents of several: a fragment may be
 * spread below root fields that name different sources.
 */
export async function perScope<Parent extends Scoped, Value>(
  parents: readonly Parent[],
  ask: (scope: Scope, indices: readonly number[]) => Promise<readonly Value[]>,
): Promise<readonly Value[]> {
  const groups = new Map<Scope, number[]>();
  parents.forEach((parent, index) => {
    const scope = scopeOf(parent);
    const indices = groups.get(scope);
    if (indices === undefined) groups.set(scope, [index]);
    else indices.push(index);
  });
  const values: Value[] = new Array(parents.length);
  await Promise.all(
    [...groups].map(async ([scope, indices]) => {
      const answers = await ask(scope, indices);
      indices.forEach((index, at) => {
        values[index] = answers[at]!;
      });
    }),
  );
  return values;
}

/** A field that leads to one object by its key; null where the parent has no key, or no source has the object. */
export function objectField<Parent extends Scoped, E extends EntityName>(
  entity: E,
  keyOf: (parent: Parent) => string | null,
): BatchResolver<Parent, unknown, Shown<E> | null> {
  return (parents, _, context, { selection, path }) => {
    const fields = fieldSet(entity, selection.fields);
    return perScope(parents, async (scope, indices) => {
      const asked = await context.work.map(indices, (index) => {
        const key = keyOf(parents[index]!);
        return key === null ? null : { key, path: path(index) };
      });
      return await fetchObjects(context, { entity, fields, scope }, asked);
    });
  };
}
