import { type Document, ObjectId } from 'bson';
import { type Call, SourceError } from '../kit/author.ts';
import { BoundedCache } from '../kit/cache.ts';
import { idOf, textOf, timeOf } from '../kit/mongo/documents.ts';
import { commitOf } from './ids.ts';
import type { JobRecord } from './translate-checkout.ts';

/** A revision in the system's terms: a kernel of a branch of a tree (a *job*). Most indexes begin with these fields. */
export interface Revision {
  readonly job: string;
  readonly git_branch: string | null;
  readonly kernel: string;
}

/** The revision of a document of any collection, or null if the document names none. */
export function revisionOf(document: Document): Revision | null {
  const [job, kernel] = [textOf(document.job), textOf(document.kernel)];
  return job === null || kernel === null ? null : { job, git_branch: textOf(document.git_branch), kernel };
}

export function revisionKey({ job, git_branch, kernel }: Revision): string {
  return JSON.stringify([job, git_branch, kernel]);
}

/** Removes duplicates and nulls. */
export function distinctRevisions(revisions: Iterable<Revision | null>): readonly Revision[] {
  const distinct = new Map<string, Revision>();
  for (const revision of revisions) if (revision !== null) distinct.set(revisionKey(revision), revision);
  return [...distinct.values()];
}

/** A condition for documents of these revisions; the index (git_branch, job, kernel) of each collection serves it. */
export function ofRevisions(revisions: readonly Revision[]): { readonly $or: Document[] } {
  return { $or: revisions.map(({ job, git_branch, kernel }) => ({ git_branch, job, kernel })) };
}

/** The index record of a document of `job`. */
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

/** Returns null and warns if the document is not enough for a checkout. */
export function jobRecordOf(document: Document, call: Pick<Call, 'warn'>): IndexedJob | null {
  const revision = revisionOf(document);
  const commit = commitOf(document.git_commit);
  const commitText = textOf(document.git_commit);
  if (!(document._id instanceof ObjectId) || revision === null || (commitText !== null && commit === null)) {
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

/**
 * Remembers from builds and boots what no index gives: the revision of a commit whose job is missing or names another
 * commit, and the revision of a build whose own document is missing.
 */
export class SeenBuilds {
  readonly #byCommit = new BoundedCache<readonly Revision[]>({
    maxEntries: 20_000,
    maxBytes: 16 * 1024 * 1024,
    sizeOf: (revisions) => 300 * revisions.length,
  });
  readonly #byBuild = new BoundedCache<Revision>({
    maxEntries: 20_000,
    maxBytes: 8 * 1024 * 1024,
    sizeOf: () => 400,
  });

  /** Adds documents of `build`. */
  builds(documents: readonly Document[]): void {
    for (const document of documents) {
      const [commit, revision] = [commitOf(document.git_commit), revisionOf(document)];
      if (commit === null || revision === null) continue;
      const known = this.#byCommit.get(commit) ?? [];
      const key = revisionKey(revision);
      if (known.every((one) => revisionKey(one) !== key)) this.#byCommit.set(commit, [...known, revision]);
    }
  }

  /** Adds documents of `boot`. */
  boots(documents: readonly Document[]): void {
    for (const document of documents) {
      const [build, revision] = [idOf(document.build_id) ?? idOf(document.defconfig_id), revisionOf(document)];
      if (build !== null && revision !== null) this.#byBuild.set(build, revision);
    }
  }

  revisionsOf(commit: string): readonly Revision[] {
    return this.#byCommit.get(commit) ?? [];
  }

  revisionOfBuild(hex: string): Revision | null {
    return this.#byBuild.get(hex) ?? null;
  }
}
