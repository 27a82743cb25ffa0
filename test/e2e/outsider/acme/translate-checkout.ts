import { type Checkout, normaliseUrl, z } from 'kcigraph/adapter';
import { idOf } from './ids.ts';
import { timeOf } from './times.ts';

export const RUN = z.object({
  id: z.int(),
  tree: z.string(),
  repo: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  branch: z.string().nullable(),
  started: z.number().nullable(),
  pool: z.string(),
});

export function toCheckout(run: z.output<typeof RUN>): Checkout {
  return {
    id: idOf('checkout', run.id),
    origin: 'acme',
    timestamp: null,
    treeName: run.tree,
    gitRepositoryUrl: normaliseUrl(run.repo),
    gitCommitHash: run.commit,
    gitCommitName: null,
    gitCommitTags: null,
    gitCommitMessage: null,
    gitRepositoryBranch: run.branch,
    gitRepositoryBranchTip: null,
    patchsetFiles: null,
    // Acme never applies patches: that is known, and not the same as null.
    patchsetHash: '',
    messageId: null,
    comment: null,
    startTime: timeOf(run.started),
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: true,
    misc: { acme_pool: run.pool },
  };
}
