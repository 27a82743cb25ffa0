import { type Document, ObjectId } from 'bson';
import { type Call, SourceError } from '../../kit/author.ts';
import { textOf, timeOf } from '../../kit/mongo/documents.ts';
import { commitOf } from '../ids.ts';
import { revisionOf } from '../revision.ts';
import type { JobRecord } from '../translate-checkout.ts';

/** What the index keeps of a document of `job`. */
export interface IndexedJob extends JobRecord {
  /** Null until the system has imported a build of it. */
  readonly commit: string | null;
}

export const JOB_PROJECTION = Object.fromEntries(
  [
    'job',
    'git_branch',
    'kernel',
    'git_commit',
    'git_url',
    'git_describe',
    'git_describe_v',
    'created_on',
    'status',
  ].map((name) => [name, 1 as const]),
);

/** Null, and told, where the document says nothing that a checkout could be made of. */
export function jobRecordOf(document: Document, call: Pick<Call, 'warn'>): IndexedJob | null {
  const revision = revisionOf(document);
  const commit = commitOf(document.git_commit);
  const said = textOf(document.git_commit);
  if (!(document._id instanceof ObjectId) || revision === null || (said !== null && commit === null)) {
    const id = textOf(document._id) ?? 'unknown';
    const what = revision === null ? 'the tree or the kernel' : 'a commit hash or an id of its form';
    call.warn(new SourceError('SOURCE_BAD_DATA', `The job ${id} lacks ${what}, and is left out.`, { id }));
    return null;
  }
  return {
    ...revision,
    hex: document._id.toHexString(),
    commit,
    created: timeOf(document.created_on),
    url: textOf(document.git_url),
    describe: textOf(document.git_describe_v) ?? textOf(document.git_describe),
    status: textOf(document.status),
  };
}
