import type { Shown } from '../../federation/merge.ts';
import { objectField } from './batch-resolver.ts';
import { listField } from './list-field.ts';

type Parent = Shown<'build'>;

export const build = {
  checkout: objectField<Parent, 'checkout'>('checkout', (parent) => parent.checkoutId),
  tests: listField<Parent, 'test'>(
    { field: 'Build.tests', entity: 'test', relation: 'testsOfBuild' },
    (parent) => parent.id,
  ),
  incidents: listField<Parent, 'incident'>(
    { field: 'Build.incidents', entity: 'incident', relation: 'incidentsOfBuild' },
    (parent) => parent.id,
  ),
};
