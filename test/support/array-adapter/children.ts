import type { RelationName, RelationTarget } from '../../../adapters/contract/adapter.ts';
import type { Checkout, Entities, EntityName, Incident, Issue, Json } from '../../../adapters/contract/model.ts';
import { type ArrayRows, parseIssueKey, type Row } from './rows.ts';

type Members = {
  readonly [R in RelationName]: (rows: ArrayRows, parent: string) => (child: Entities[RelationTarget<R>]) => boolean;
};

/** Which objects lie below a parent. */
const MEMBERS: Members = {
  checkoutsOfRevision: (_, revision) => (checkout) => isOfRevision(checkout, revision),
  buildsOfCheckout: (_, id) => (build) => build.checkoutId === id,
  testsOfBuild: (_, id) => (test) => test.buildId === id,
  incidentsOfBuild: (_, id) => (incident) => incident.buildId === id,
  incidentsOfTest: (_, id) => (incident) => incident.testId === id,
  incidentsOfIssue: (_, key) => (incident) => {
    const { id, version } = parseIssueKey(key);
    return incident.issueId === id && (version === null || incident.issueVersion === version);
  },
  versionsOfIssue: (_, key) => (issue) => {
    const { id, version } = parseIssueKey(key);
    return issue.id === id && (version === null || issue.version === version);
  },
  issuesOfRevision: (_, revision) => (issue) =>
    !revision.includes('+') && namedCommits(issue).includes(revision.toLowerCase()),
  buildsOfRevision: (rows, revision) => {
    const checkouts = idsOf(rows, 'checkout', (checkout) => isOfRevision(checkout, revision));
    return (build) => checkouts.has(build.checkoutId);
  },
  testsOfRevision: (rows, revision) => {
    const builds = buildsOfRevision(rows, revision);
    return (test) => builds.has(test.buildId);
  },
  incidentsOfRevision: (rows, revision) => {
    const builds = buildsOfRevision(rows, revision);
    const tests = idsOf(rows, 'test', (test) => builds.has(test.buildId));
    return (incident: Incident) => builds.has(incident.buildId ?? '') || tests.has(incident.testId ?? '');
  },
  testsOfCheckout: (rows, id) => {
    const builds = idsOf(rows, 'build', (build) => build.checkoutId === id);
    return (test) => builds.has(test.buildId);
  },
};

/** The rows below a parent; none where the parent is not known. */
export function childrenOf<R extends RelationName>(
  rows: ArrayRows,
  relation: R,
  target: RelationTarget<R>,
  parent: string,
  allVersions: boolean,
): readonly Row<Entities[RelationTarget<R>]>[] {
  const isMember = MEMBERS[relation](rows, parent);
  return rows
    .all(target, relation === 'versionsOfIssue' || allVersions)
    .filter((row: Row<Entities[RelationTarget<R>]>) => isMember(row.object));
}

function isOfRevision(checkout: Checkout, revision: string): boolean {
  const [hash = '', patchset = ''] = revision.toLowerCase().split('+');
  return checkout.gitCommitHash === hash && (checkout.patchsetHash ?? '') === patchset;
}

function buildsOfRevision(rows: ArrayRows, revision: string): ReadonlySet<string> {
  const checkouts = idsOf(rows, 'checkout', (checkout) => isOfRevision(checkout, revision));
  return idsOf(rows, 'build', (build) => checkouts.has(build.checkoutId));
}

function idsOf<E extends EntityName>(rows: ArrayRows, entity: E, fits: (object: Entities[E]) => boolean): Set<string> {
  const ids = new Set<string>();
  for (const { object } of rows.all(entity)) if (fits(object)) ids.add(object.id);
  return ids;
}

/** The commits that an issue names as its cause or its fix. */
function namedCommits(issue: Issue): readonly string[] {
  const misc = issue.misc ?? {};
  const named: readonly Json[] = ['fix-commits', 'fix_commits', 'cause-commit', 'cause_commit'].flatMap(
    (key) => misc[key] ?? [],
  );
  return named.flatMap((commit) => {
    const hash = typeof commit === 'object' && commit !== null && 'hash' in commit ? commit.hash : commit;
    return typeof hash === 'string' ? [hash.toLowerCase()] : [];
  });
}
