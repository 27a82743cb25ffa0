import type { Document } from 'bson';
import { textOf } from '../kit/mongo/documents.ts';

/** What the system calls a revision: a kernel of a branch of a tree (a *job*). Most of its indices begin with it. */
export interface Revision {
  readonly job: string;
  readonly git_branch: string | null;
  readonly kernel: string;
}

/** The revision that a document of any collection belongs to; null where it does not say. */
export function revisionOf(document: Document): Revision | null {
  const [job, kernel] = [textOf(document.job), textOf(document.kernel)];
  return job === null || kernel === null ? null : { job, git_branch: textOf(document.git_branch), kernel };
}

export function revisionKey({ job, git_branch, kernel }: Revision): string {
  return JSON.stringify([job, git_branch, kernel]);
}

/** Each once. */
export function distinctRevisions(revisions: Iterable<Revision | null>): readonly Revision[] {
  const distinct = new Map<string, Revision>();
  for (const revision of revisions) if (revision !== null) distinct.set(revisionKey(revision), revision);
  return [...distinct.values()];
}

/** Documents of these revisions: the index (git_branch, job, kernel) of each collection serves it. */
export function ofRevisions(revisions: readonly Revision[]): { readonly $or: Document[] } {
  return { $or: revisions.map(({ job, git_branch, kernel }) => ({ git_branch, job, kernel })) };
}
