import { issueKey } from '../../federation/identity.ts';
import type { Shown } from '../../federation/merge.ts';
import { objectField } from './batch-resolver.ts';

type Parent = Shown<'incident'>;

export const incident = {
  issue: objectField<Parent, 'issue'>('issue', (parent) => issueKey(parent.issueId, parent.issueVersion)),
  build: objectField<Parent, 'build'>('build', (parent) => parent.buildId),
  test: objectField<Parent, 'test'>('test', (parent) => parent.testId),
};
