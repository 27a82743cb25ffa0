import type { RelationTarget } from '../../adapter.ts';
import { buildsOfCheckouts, checkoutsOfRevisions, kbuildsOfCheckouts, testsOfBuilds } from './children.ts';
import { Relation } from './relation.ts';

/** The relations that lead to nodes. */
export type RelationToNodes = 'checkoutsOfRevision' | 'buildsOfCheckout' | 'testsOfBuild';

/** Who reads the children of a relation. */
export const RELATIONS: { readonly [R in RelationToNodes]: Relation<RelationTarget<R>> } = {
  checkoutsOfRevision: new Relation('checkout', checkoutsOfRevisions),
  buildsOfCheckout: new Relation('build', buildsOfCheckouts, kbuildsOfCheckouts),
  testsOfBuild: new Relation('test', testsOfBuilds),
};
