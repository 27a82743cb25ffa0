import { countList } from '../../federation/counts.ts';
import { type RevisionId, revisionKey } from '../../federation/identity.ts';
import { planLists } from '../../federation/list/plan.ts';
import { type StatusSummary, summarise } from '../../federation/merge.ts';
import { type Scoped, selectScope } from '../../federation/request.ts';
import { commitOfPrefix, joinRevisions, refuseWithoutPatches, type ShownRevision } from '../../federation/revisions.ts';
import { clientError, quoted } from '../../federation/source-report.ts';
import { type BatchResolver, perScope } from './batch-resolver.ts';
import { listField, type SourcesArgument } from './list-field.ts';

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

interface RevisionArguments extends SourcesArgument {
  readonly gitCommitHash: string;
  readonly patchsetHash?: string | null;
}

const FULL_LENGTH = 40;

/** One commit, with or without patches on top. */
export const revisionField: BatchResolver<unknown, RevisionArguments, ShownRevision | null> = async (
  parents,
  args,
  context,
  { selection, path },
) => {
  const scope = selectScope(context.registry, args.sources);
  const prefix = readCommit(args.gitCommitHash);
  const patchsetHash = readPatchset(args.patchsetHash ?? '');
  const lookup = { scope, selected: selection.fields, isKnown: false };
  return await Promise.all(
    parents.map(async (_, index) => {
      const isFull = prefix.length === FULL_LENGTH;
      const gitCommitHash = isFull ? prefix : await commitOfPrefix(context, scope, prefix, patchsetHash, path(index));
      if (gitCommitHash === null) return null;
      const asked = { id: { gitCommitHash, patchsetHash }, path: path(index) };
      const [revision = null] = await joinRevisions(context, lookup, [asked]);
      if (revision === null && patchsetHash === '')
        await refuseWithoutPatches(context, scope, gitCommitHash, path(index));
      return revision;
    }),
  );
};

function readCommit(hash: string): string {
  if (/^[0-9a-f]{12,40}$/i.test(hash)) return hash.toLowerCase();
  const message = `${quoted(hash)} is no commit: give its 40 hexadecimal digits, or the first 12 or more of them.`;
  throw clientError('BAD_USER_INPUT', message);
}

function readPatchset(hash: string): string {
  if (/^([0-9a-f]{64})?$/i.test(hash)) return hash.toLowerCase();
  const message = `${quoted(hash)} is no patchset hash: give 64 hexadecimal digits, or the empty string for none.`;
  throw clientError('BAD_USER_INPUT', message);
}
