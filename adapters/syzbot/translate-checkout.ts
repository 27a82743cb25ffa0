import type { Checkout } from '../kit/author.ts';
import { checkoutId } from './ids.ts';
import { repositoryIn } from './links.ts';

/** The kernel commit of a crash as a checkout: its branch, its name and its time are not published. */
export function translateCheckout(commit: string, kernelSourceGit: string | null): Checkout {
  const gitRepositoryUrl = repositoryIn(kernelSourceGit);
  const isShown = kernelSourceGit === null || kernelSourceGit === gitRepositoryUrl;
  return {
    id: checkoutId(commit),
    origin: 'syzbot',
    treeName: null,
    gitRepositoryUrl,
    gitCommitHash: commit,
    gitCommitName: null,
    gitCommitTags: null,
    gitCommitMessage: null,
    gitRepositoryBranch: null,
    gitRepositoryBranchTip: null,
    patchsetFiles: null,
    patchsetHash: null,
    messageId: null,
    comment: null,
    startTime: null,
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: true,
    timestamp: null,
    misc: isShown ? null : { 'kernel-source-git': kernelSourceGit },
  };
}
