import type { EntityName } from '../../../adapters/contract/model.ts';
import { fieldSet } from '../../federation/field-set.ts';
import { issueKey, readNodeId } from '../../federation/identity.ts';
import type { Connection } from '../../federation/list/connection.ts';
import { revisionConnection } from '../../federation/list/revision-list.ts';
import { fetchObjects } from '../../federation/lookup.ts';
import type { Shown } from '../../federation/merge.ts';
import { type RequestContext, selectScope } from '../../federation/request.ts';
import { joinRevisions, type ShownRevision } from '../../federation/revisions.ts';
import { clientError } from '../../federation/source-report.ts';
import type { BatchResolver, ResolvedField, ResponsePath } from './batch-resolver.ts';
import { type ListArguments, listRequest, MAX_FIRST, rootList, type SourcesArgument } from './list-field.ts';
import { revisionField } from './revision.ts';
import { type ShownSource, showSource } from './source.ts';

interface ObjectArguments extends SourcesArgument {
  readonly id: string;
  /** Of an issue; the newest where it is left out. */
  readonly version?: number | null;
}

function rootObject<E extends EntityName>(entity: E): BatchResolver<unknown, ObjectArguments, Shown<E> | null> {
  return async (parents, { id, version, sources }, context, { selection, path }) => {
    const scope = selectScope(context.registry, sources);
    const key = version === undefined || version === null ? id : issueKey(id, version);
    const asked = parents.map((_, index) => ({ key, path: path(index) }));
    return await fetchObjects(context, { entity, fields: fieldSet(entity, selection.fields), scope }, asked);
  };
}

const revisions: BatchResolver<unknown, ListArguments & SourcesArgument, Connection<ShownRevision>> = async (
  parents,
  args,
  context,
  { selection, path },
) => {
  const scope = selectScope(context.registry, args.sources);
  const options = { field: 'Query.revisions', entity: 'checkout', relation: null } as const;
  const request = listRequest(options, args, scope, selection);
  return await Promise.all(
    parents.map((_, index) => revisionConnection(context, request, { parent: '', path: path(index) })),
  );
};

const node: BatchResolver<unknown, { readonly id: string }, AnyNode | null> = (parents, { id }, context, field) =>
  fetchNodes(
    context,
    parents.map((_, index) => ({ id, path: field.path(index) })),
    field,
  );

const nodes: BatchResolver<unknown, { readonly ids: readonly string[] }, readonly (AnyNode | null)[]> = async (
  parents,
  { ids },
  context,
  field,
) => {
  if (ids.length > MAX_FIRST) {
    throw clientError('BAD_USER_INPUT', `"ids" has ${ids.length} entries: give at most ${MAX_FIRST} at once.`);
  }
  return Promise.all(
    parents.map((_, index) => {
      const asked = ids.map((id, at) => ({ id, path: [...field.path(index), at] }));
      return fetchNodes(context, asked, field);
    }),
  );
};

const sources: BatchResolver<unknown, unknown, readonly ShownSource[]> = (parents, _, context, { selection }) =>
  Promise.all(
    parents.map(() => Promise.all(context.registry.sources.map((one) => showSource(one, context, selection)))),
  );

const source: BatchResolver<unknown, { readonly name: string }, ShownSource | null> = (
  parents,
  { name },
  context,
  { selection },
) =>
  Promise.all(
    parents.map(() => {
      const found = context.registry.get(name);
      return found === undefined ? null : showSource(found, context, selection);
    }),
  );

export const query = {
  revision: revisionField,
  checkout: rootObject('checkout'),
  build: rootObject('build'),
  test: rootObject('test'),
  incident: rootObject('incident'),
  issue: rootObject('issue'),
  revisions,
  checkouts: rootList({ field: 'Query.checkouts', entity: 'checkout', relation: null }),
  builds: rootList({ field: 'Query.builds', entity: 'build', relation: null }),
  tests: rootList({ field: 'Query.tests', entity: 'test', relation: null }),
  issues: rootList({ field: 'Query.issues', entity: 'issue', relation: null }),
  incidents: rootList({ field: 'Query.incidents', entity: 'incident', relation: null }),
  node,
  nodes,
  sources,
  source,
};

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
