import type { Incident, Issue } from '../kit/author.ts';

/** A crash as the incident of its bug: in a test, or in the build that failed. */
export function translateIncident(
  id: string,
  issue: Pick<Issue, 'id' | 'version'>,
  where: { readonly testId: string | null; readonly buildId: string | null },
  comment: string | null,
): Incident {
  return {
    id,
    origin: 'syzbot',
    issueId: issue.id,
    issueVersion: issue.version,
    buildId: where.buildId,
    testId: where.testId,
    present: true,
    comment,
    timestamp: null,
    misc: null,
  };
}
