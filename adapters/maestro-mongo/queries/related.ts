import type { Call, CountSubject, Page, PageQuery, RelationName, RelationTarget } from '../../adapter.ts';
import type { SourceError } from '../../errors.ts';
import type { Filter } from '../../filter.ts';
import type { Entities, StatusCounts } from '../../model.ts';
import type { NodeEntity } from '../nodes/node.ts';
import { buildsOfCheckouts, checkoutsOfRevisions, kbuildsOfCheckouts, testsOfBuilds } from './children.ts';
import { Relation } from './relation.ts';
import type { MaestroSource } from './source.ts';
import { notHere } from './translate-nodes.ts';

type RelationTo<R extends RelationName> = Relation<RelationTarget<R> & NodeEntity>;

const RELATIONS: { readonly [R in RelationName]?: RelationTo<R> } = {
  checkoutsOfRevision: new Relation('checkout', checkoutsOfRevisions),
  buildsOfCheckout: new Relation('build', buildsOfCheckouts, kbuildsOfCheckouts),
  testsOfBuild: new Relation('test', testsOfBuilds),
};

/** Pages of children, of all parents that one read takes together. */
export async function related<R extends RelationName>(
  relation: R,
  parents: readonly string[],
  query: PageQuery<RelationTarget<R>>,
  source: MaestroSource,
  call: Call,
): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]>>> {
  const one: RelationTo<R> | undefined = RELATIONS[relation];
  if (one === undefined) throw notHere(relation);
  return await one.pages(parents, query, source, call);
}

/** How many children there are by status. Lists as a whole are not counted: no index tells kinds apart. */
export async function count(
  subject: CountSubject,
  source: MaestroSource,
  call: Call,
): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
  const { where } = subject;
  if (!('relation' in subject)) throw notHere(`how many ${subject.entity}s there are`);
  return await counts(subject.relation, subject.parents, where, source, call);
}

async function counts<R extends RelationName>(
  relation: R,
  parents: readonly string[],
  where: Filter<RelationTarget<R>> | null,
  source: MaestroSource,
  call: Call,
): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
  const one: RelationTo<R> | undefined = RELATIONS[relation];
  if (one === undefined) throw notHere(relation);
  return await one.counts(parents, where, source, call);
}
