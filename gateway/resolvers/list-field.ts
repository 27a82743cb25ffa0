import type { RelationName } from '../../adapters/adapter.ts';
import type { EntityName } from '../../adapters/model.ts';
import type { Connection } from '../federation/connection.ts';
import { type ConnectionRequest, connections } from '../federation/connections.ts';
import type { Shown } from '../federation/merge-objects.ts';
import { type Scope, type Scoped, selectScope } from '../federation/scope.ts';
import type { Selection } from '../federation/selection.ts';
import type { BatchResolver } from './batch-resolver.ts';
import { readFilter } from './filter-input.ts';
import { type ListArguments, readFirst, type SourcesArgument } from './list-arguments.ts';
import { perScope } from './per-scope.ts';

/** What a list field always is, whatever its arguments. */
export interface ListFieldOptions<E extends EntityName> {
  /** Such as `Build.tests`: cursors belong to it. */
  readonly field: string;
  readonly entity: E;
  readonly relation: RelationName | null;
}

export function listRequest<E extends EntityName>(
  { field, entity, relation }: ListFieldOptions<E>,
  args: ListArguments,
  scope: Scope,
  selection: Selection,
): ConnectionRequest<E> {
  const { where, isNothing } = readFilter(entity, args.filter);
  const order = args.orderBy ?? 'NEWEST';
  const subject = { entity, relation, where, order, allVersions: args.allVersions ?? false, scope };
  return { field, subject, first: readFirst(args), after: args.after ?? null, selection, isNothing };
}

/** A list below parents. */
export function listField<Parent extends Scoped, E extends EntityName>(
  options: ListFieldOptions<E>,
  keyOf: (parent: Parent) => string,
): BatchResolver<Parent, ListArguments, Connection<Shown<E>>> {
  return (parents, args, context, { selection, path }) =>
    perScope(parents, async (scope, indices) => {
      const request = listRequest(options, args, scope, selection);
      const places = await context.work.map(indices, (index) => ({
        parent: keyOf(parents[index]!),
        path: path(index),
      }));
      return await connections(context, request, places);
    });
}

/** A list of an entity as a whole. */
export function rootList<E extends EntityName>(
  options: ListFieldOptions<E>,
): BatchResolver<unknown, ListArguments & SourcesArgument, Connection<Shown<E>>> {
  return async (parents, args, context, { selection, path }) => {
    const scope = selectScope(context.registry, args.sources);
    const request = listRequest(options, args, scope, selection);
    const places = parents.map((_, index) => ({ parent: '', path: path(index) }));
    return await connections(context, request, places);
  };
}
