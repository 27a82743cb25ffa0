import type { EntityName } from '../../adapters/model.ts';
import { fetchObjects } from '../federation/fan-out.ts';
import { fieldSet } from '../federation/field-set.ts';
import { readNodeId } from '../federation/identity.ts';
import type { Shown } from '../federation/merge-objects.ts';
import type { RequestContext } from '../federation/request-context.ts';
import { joinRevisions, type ShownRevision } from '../federation/revision-join.ts';
import { selectScope } from '../federation/scope.ts';
import type { ResolvedField, ResponsePath } from './batch-resolver.ts';

export type AnyNode = Shown<EntityName> | ShownRevision;

/** Objects by their global ids, in the order asked for; null where an id is none, or nobody has the object. */
export async function fetchNodes(
  context: RequestContext,
  asked: readonly { readonly id: string; readonly path: ResponsePath }[],
  { selection }: ResolvedField,
): Promise<readonly (AnyNode | null)[]> {
  const scope = selectScope(context.registry, null);
  // One by one: what is asked of one loader within a tick goes out together.
  return await Promise.all(
    asked.map(async ({ id, path }) => {
      const named = readNodeId(id);
      if (named === null) return null;
      const { entity, key } = named;
      if (entity === 'revision') {
        const [gitCommitHash = '', patchsetHash = ''] = key.split('+');
        const lookup = { scope, selected: selection.fields, isKnown: false };
        const [revision = null] = await joinRevisions(context, lookup, [{ id: { gitCommitHash, patchsetHash }, path }]);
        return revision;
      }
      const lookup = { entity, fields: fieldSet(entity, selection.fields), scope };
      const [object = null] = await fetchObjects<EntityName>(context, lookup, [{ key, path }]);
      return object;
    }),
  );
}
