import { issueKey } from '../federation/identity.ts';
import type { Shown } from '../federation/merge-objects.ts';
import { objectField } from './object-field.ts';

type Parent = Shown<'incident'>;

export const incident = {
  issue: objectField<Parent, 'issue'>('issue', (parent) => issueKey(parent.issueId, parent.issueVersion)),
  build: objectField<Parent, 'build'>('build', (parent) => parent.buildId),
  test: objectField<Parent, 'test'>('test', (parent) => parent.testId),
};
