import type { Document } from 'bson';
import { secureRepositoryUrl } from '../contract/time-and-url.ts';
import type { Checkout, Json, JsonObject } from '../kit/author.ts';
import { textOf, timeOf } from '../kit/mongo/documents.ts';
import type { Ids } from './ids.ts';

/** A job as the revision index stores it. */
export interface JobRecord {
  /** The `_id`. */
  readonly hex: string;
  readonly job: string;
  readonly git_branch: string | null;
  readonly kernel: string;
  readonly created: string | null;
  readonly url: string | null;
  readonly describe: string | null;
  readonly status: string | null;
}

/** The parts of a checkout: the jobs of its commit, oldest first, and its first build. */
export interface CheckoutParts {
  readonly commit: string;
  readonly jobs: readonly JobRecord[];
  readonly firstBuild: Document | null;
}

/** The fields of a build that its checkout needs. */
export const CHECKOUT_FIELDS_OF_BUILD = [
  'job',
  'git_branch',
  'kernel',
  'git_commit',
  'git_url',
  'git_describe',
  'git_describe_v',
  'created_on',
] as const;

/** Translates one commit, in any number of trees: the system's own reports identify a checkout by the hash alone. */
export function translateCheckout({ commit, jobs, firstBuild }: CheckoutParts, ids: Ids): Checkout {
  const [job] = jobs;
  const raw = textOf(firstBuild?.git_url) ?? first(jobs, ({ url }) => url);
  return {
    id: ids.checkout(commit),
    origin: ids.origin,
    timestamp: null,
    misc: miscOf(jobs, raw),
    treeName: job?.job ?? textOf(firstBuild?.job),
    gitRepositoryUrl: repositoryUrl(raw),
    gitCommitHash: commit,
    gitCommitName:
      textOf(firstBuild?.git_describe_v) ?? textOf(firstBuild?.git_describe) ?? first(jobs, ({ describe }) => describe),
    gitCommitTags: null,
    gitCommitMessage: null,
    gitRepositoryBranch: textOf(firstBuild?.git_branch) ?? first(jobs, ({ git_branch }) => git_branch),
    gitRepositoryBranchTip: null,
    patchsetFiles: null,
    patchsetHash: '',
    messageId: null,
    comment: null,
    startTime: timeOf(firstBuild?.created_on) ?? first(jobs, ({ created }) => created),
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: true,
  };
}

function miscOf(jobs: readonly JobRecord[], raw: string | null): JsonObject | null {
  const misc: Record<string, Json> = {};
  if (raw !== null && raw !== repositoryUrl(raw)) misc.kernelci_git_url = raw;
  if (jobs.length > 0) {
    misc.kernelci_revisions = jobs.map(({ job, git_branch, kernel, status }) => ({ job, git_branch, kernel, status }));
  }
  return Object.keys(misc).length === 0 ? null : misc;
}

function first<T>(jobs: readonly JobRecord[], of: (job: JobRecord) => T | null): T | null {
  for (const job of jobs) {
    const value = of(job);
    if (value !== null) return value;
  }
  return null;
}

const KERNEL_ORG = /^http:\/\/(?=([^/]*\.)?kernel\.org(\/|$))/;

/** The https URL of a repository, as KCIDB requires, or null. */
function repositoryUrl(raw: string | null): string | null {
  if (raw === null) return null;
  const url = secureRepositoryUrl(raw.trim()).replace(KERNEL_ORG, 'https://');
  return /^https:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(url) && URL.canParse(url) ? url : null;
}
