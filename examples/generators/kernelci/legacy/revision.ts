import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import type { Era } from './eras.ts';

/** What all documents of one revision share. */
export interface Revision {
  readonly era: Era;
  readonly time: Date;
  readonly jobId: ObjectId;
  readonly job: string;
  readonly branch: string;
  readonly kernel: string;
  readonly commit: string;
  readonly url: string;
}

const TREES = [
  ['mainline', 'master', 'torvalds/linux'],
  ['next', 'master', 'next/linux-next'],
  ['stable-rc', 'linux-5.10.y', 'stable/linux-stable-rc'],
  ['arm64', 'for-kernelci', 'arm64/linux'],
  ['media', 'fixes', 'media/media'],
] as const;

export const GCC = { compiler: 'gcc', compiler_version: '8', compiler_version_full: 'gcc (Debian 8.3.0-2) 8.3.0' };
export const CLANG = {
  compiler: 'clang',
  compiler_version: '11',
  compiler_version_full: 'Debian clang version 11.0.1-2',
};

/** `shared`: the commit of the revision before, of which this is the same in another tree. */
export function makeRevision(chance: Chance, era: Era, shared: string | null): Revision {
  const time = new Date(era.from.getTime() + Math.floor(chance.next() * (era.to.getTime() - era.from.getTime())));
  const [job, branch, path] = chance.of(TREES);
  const commit = shared ?? chance.hex(40);
  const host = 'git.kernel.org/pub/scm/linux/kernel/git';
  return {
    era,
    time,
    jobId: chance.id(time),
    job,
    branch: era.isOldest ? `local/${branch}` : branch,
    // A kernel names one revision of its branch.
    kernel:
      job === 'next'
        ? `next-${time.toISOString().slice(0, 10).replaceAll('-', '')}-${commit.slice(0, 4)}`
        : `v5.${chance.below(20)}-rc${1 + chance.below(8)}-${1 + chance.below(999)}-g${commit.slice(0, 12)}`,
    commit,
    url: `${era.isOldest || chance.oneIn(10) ? 'git' : 'https'}://${host}/${path}.git`,
  };
}

/** What builds and groups repeat of their revision. */
export function copied(revision: Revision): Document {
  const { job, kernel, branch, commit, url } = revision;
  return { job, kernel, git_branch: branch, git_commit: commit, git_describe: kernel, git_url: url };
}

/** The revision itself. One that has no build yet knows neither commit nor compiler. */
export function jobDocument(chance: Chance, revision: Revision): Document {
  const { era, time, jobId, job, kernel, branch } = revision;
  const created = { created_on: time, git_branch: branch, job, kernel, private: false };
  const { git_commit, git_describe, git_url } = copied(revision);
  if (era.isOldest) {
    return {
      _id: jobId,
      ...created,
      git_commit,
      git_describe,
      git_url,
      status: chance.of(['PASS', 'BUILD', 'UNKNOWN']),
      version: '1.0',
    };
  }
  return {
    _id: jobId,
    ...created,
    ...GCC,
    compiler_version_ext: GCC.compiler_version_full,
    cross_compile: 'aarch64-linux-gnu-',
    git_commit,
    git_describe,
    git_describe_v: git_describe,
    git_url,
    kernel_version: null,
    status: chance.of(['PASS', 'PASS', 'FAIL', 'BUILD']),
    version: '1.1',
  };
}

/** A revision of which no build arrived. */
export function emptyJob(chance: Chance, revision: Revision): Document {
  const time = later(revision.time, 3_600_000);
  const git = { git_commit: null, git_describe: null, git_describe_v: null, git_url: null };
  const compiler = { compiler: null, compiler_version: null, compiler_version_ext: null, compiler_version_full: null };
  return {
    _id: chance.id(time),
    created_on: time,
    git_branch: revision.branch,
    job: revision.job,
    kernel: `${revision.kernel}-next`,
    ...git,
    ...compiler,
    cross_compile: null,
    kernel_version: null,
    private: false,
    status: 'BUILD',
    version: '1.1',
  };
}
