import type { Shown } from '../../federation/merge.ts';
import { objectField } from './batch-resolver.ts';
import { listField } from './list-field.ts';

type Parent = Shown<'test'>;

export const test = {
  build: objectField<Parent, 'build'>('build', (parent) => parent.buildId),
  incidents: listField<Parent, 'incident'>(
    { field: 'Test.incidents', entity: 'incident', relation: 'incidentsOfTest' },
    (parent) => parent.id,
  ),
};
