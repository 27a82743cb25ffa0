import type { EntityName } from '../../adapters/model.ts';
import { fetchObjects } from '../federation/fan-out.ts';
import { fieldSet } from '../federation/field-set.ts';
import type { Shown } from '../federation/merge-objects.ts';
import type { Scoped } from '../federation/scope.ts';
import type { BatchResolver } from './batch-resolver.ts';
import { perScope } from './per-scope.ts';

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
