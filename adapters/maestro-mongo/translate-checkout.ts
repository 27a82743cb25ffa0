import { FORMATS } from '../kit/kcidb/formats.ts';
import { booleanOf, textOf } from '../kit/mongo/documents.ts';
import { secureRepositoryUrl } from '../kit/normalise-url.ts';
import type { Checkout } from '../model.ts';
import type { MaestroNode, Result } from './node.ts';
import { pickFields } from './projections.ts';
import { type TranslationCall, type TranslationContext, warnerOf } from './translate.ts';

/** The bridge sends this value for all nodes. */
const SUBMITTED_BY = 'kernelci-pipeline';

/** Whether the code could be checked out, with the same values as the bridge. */
const VALID: Readonly<Record<Result, boolean | null>> = { pass: true, fail: false, incomplete: false, skip: null };

/** Translates a checkout, including that of a patch set. Null without a revision. */
export function translateCheckout(
  node: MaestroNode,
  context: TranslationContext,
  call: TranslationCall,
): Checkout | null {
  const { revision } = node;
  const warn = warnerOf(node.id, call);
  if (revision === null) {
    warn('is a checkout without a revision: it is left out');
    return null;
  }
  const commit = textOf(revision.commit)?.toLowerCase() ?? null;
  const isHash = commit === null || /^[0-9a-f]{40}$/.test(commit);
  if (!isHash) warn(`has a commit that is no hash: "${commit.slice(0, 45)}"`);
  const checkout: Checkout = {
    id: context.ids.ofNode(node.id),
    origin: context.ids.origin,
    timestamp: node.updated,
    treeName: textOf(revision.tree),
    gitRepositoryUrl: repositoryUrl(textOf(revision.url)),
    gitCommitHash: isHash ? commit : null,
    gitCommitName: textOf(revision.describe),
    gitCommitTags: textsOf(revision.commit_tags),
    gitCommitMessage: textOf(revision.commit_message),
    gitRepositoryBranch: textOf(revision.branch),
    gitRepositoryBranchTip: booleanOf(revision.tip_of_branch),
    patchsetFiles: null,
    // The same as in the bridge's reports, for patch sets too: two reports of one checkout must have the same revision.
    patchsetHash: '',
    messageId: null,
    comment: null,
    startTime: node.created,
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: node.result === null ? null : VALID[node.result],
    misc: { submitted_by: SUBMITTED_BY },
  };
  return pickFields<'checkout'>(checkout, call.fields);
}

/** KCIDB accepts https only. */
function repositoryUrl(url: string | null): string | null {
  const secure = url === null ? null : secureRepositoryUrl(url);
  return secure?.startsWith('https://') === true && FORMATS.uri(secure) ? secure : null;
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : null;
}
