import { revisionOf } from '../../federation/identity.ts';
import type { Shown } from '../../federation/merge.ts';
import { joinRevisions, type ShownRevision } from '../../federation/revisions.ts';
import { type BatchResolver, perScope } from './batch-resolver.ts';
import { listField } from './list-field.ts';

type Parent = Shown<'checkout'>;

/** It is there, since a checkout of it is: only what more is selected has to be asked. */
const revision: BatchResolver<Parent, unknown, ShownRevision | null> = (parents, _, context, { selection, path }) =>
  perScope(parents, (scope, indices) => {
    const asked = indices.map((index) => {
      const id = revisionOf(parents[index]!);
      return id === null ? null : { id, path: path(index) };
    });
    return joinRevisions(context, { scope, selected: selection.fields, isKnown: true }, asked);
  });

export const checkout = {
  revision,
  builds: listField<Parent, 'build'>(
    { field: 'Checkout.builds', entity: 'build', relation: 'buildsOfCheckout' },
    (parent) => parent.id,
  ),
  tests: listField<Parent, 'test'>(
    { field: 'Checkout.tests', entity: 'test', relation: 'testsOfCheckout' },
    (parent) => parent.id,
  ),
};
