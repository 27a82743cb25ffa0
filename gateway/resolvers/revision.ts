import { countList } from '../federation/counts.ts';
import type { RevisionId } from '../federation/identity.ts';
import { revisionKey } from '../federation/identity.ts';
import { planLists } from '../federation/list-plan.ts';
import type { Scoped } from '../federation/scope.ts';
import { type StatusSummary, summarise } from '../federation/verdict.ts';
import type { BatchResolver } from './batch-resolver.ts';
import { listField } from './list-field.ts';
import { perScope } from './per-scope.ts';

type Parent = RevisionId & Scoped;

const statusCounts: BatchResolver<Parent, unknown, StatusSummary | null> = (parents, _, context, { path }) =>
  perScope(parents, async (scope, indices) => {
    const subject = {
      entity: 'test',
      relation: 'testsOfRevision',
      where: null,
      order: 'NEWEST',
      allVersions: false,
      scope,
    } as const;
    const places = indices.map((index) => ({ parent: revisionKey(parents[index]!), path: path(index) }));
    const plans = await planLists(context, subject, places);
    return await Promise.all(
      places.map(async (place, index) => {
        const counts = await countList(context, subject, place, plans[index]!, true);
        return counts === null ? null : summarise(counts);
      }),
    );
  });

export const revision = {
  checkouts: listField<Parent, 'checkout'>(
    { field: 'Revision.checkouts', entity: 'checkout', relation: 'checkoutsOfRevision' },
    revisionKey,
  ),
  builds: listField<Parent, 'build'>(
    { field: 'Revision.builds', entity: 'build', relation: 'buildsOfRevision' },
    revisionKey,
  ),
  tests: listField<Parent, 'test'>(
    { field: 'Revision.tests', entity: 'test', relation: 'testsOfRevision' },
    revisionKey,
  ),
  incidents: listField<Parent, 'incident'>(
    { field: 'Revision.incidents', entity: 'incident', relation: 'incidentsOfRevision' },
    revisionKey,
  ),
  issues: listField<Parent, 'issue'>(
    { field: 'Revision.issues', entity: 'issue', relation: 'issuesOfRevision' },
    revisionKey,
  ),
  statusCounts,
};
