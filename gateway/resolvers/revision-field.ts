import { clientError, quoted } from '../federation/client-error.ts';
import { commitOfPrefix, refuseWithoutPatches } from '../federation/commit-prefix.ts';
import { joinRevisions, type ShownRevision } from '../federation/revision-join.ts';
import { selectScope } from '../federation/scope.ts';
import type { BatchResolver } from './batch-resolver.ts';
import type { SourcesArgument } from './list-arguments.ts';

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
