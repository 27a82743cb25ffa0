import type { Checkout, JsonObject, Resource } from '../model.ts';
import { type ColumnsOf, logColumn, plain, timeText } from './select-columns.ts';
import { type ConflictRow, conflictColumn, withConflicts } from './translate-conflicts.ts';

/** A row of the columns below; what was not selected is absent. */
export interface CheckoutRow {
  readonly id: string;
  readonly origin: string;
  readonly item_time: string | null;
  readonly timestamp?: string;
  readonly tree_name?: string | null;
  readonly git_repository_url?: string | null;
  readonly git_commit_hash?: string | null;
  readonly git_commit_name?: string | null;
  readonly git_commit_tags?: readonly string[] | null;
  readonly git_commit_message?: string | null;
  readonly git_repository_branch?: string | null;
  readonly git_repository_branch_tip?: boolean | null;
  readonly patchset_files?: readonly Resource[] | null;
  readonly patchset_hash?: string | null;
  readonly message_id?: string | null;
  readonly comment?: string | null;
  readonly origin_builds_finish_time?: string | null;
  readonly origin_tests_finish_time?: string | null;
  readonly log_url?: string | null;
  readonly log_excerpt?: string | null;
  readonly valid?: boolean | null;
  readonly misc?: JsonObject | null;
  readonly conflicts?: readonly ConflictRow[] | null;
}

export const CHECKOUT_COLUMNS: ColumnsOf<Checkout> = {
  id: [],
  origin: [],
  timestamp: [timeText('t.timestamp', 'timestamp')],
  treeName: plain('tree_name'),
  gitRepositoryUrl: plain('git_repository_url'),
  gitCommitHash: plain('git_commit_hash'),
  gitCommitName: plain('git_commit_name'),
  gitCommitTags: plain('git_commit_tags'),
  gitCommitMessage: plain('git_commit_message'),
  gitRepositoryBranch: plain('git_repository_branch'),
  gitRepositoryBranchTip: plain('git_repository_branch_tip'),
  patchsetFiles: plain('patchset_files'),
  patchsetHash: plain('patchset_hash'),
  messageId: plain('message_id'),
  comment: plain('comment'),
  startTime: [],
  originBuildsFinishTime: [timeText('t.origin_builds_finish_time', 'origin_builds_finish_time')],
  originTestsFinishTime: [timeText('t.origin_tests_finish_time', 'origin_tests_finish_time')],
  logUrl: plain('log_url'),
  logExcerpt: logColumn('checkout_logs'),
  valid: plain('valid'),
  misc: plain('misc'),
  conflicts: conflictColumn('checkout', 'checkout_logs'),
};

export function toCheckout(row: CheckoutRow): Checkout {
  const checkout: Checkout = {
    id: row.id,
    origin: row.origin,
    timestamp: row.timestamp ?? null,
    treeName: row.tree_name ?? null,
    gitRepositoryUrl: row.git_repository_url ?? null,
    gitCommitHash: row.git_commit_hash ?? null,
    gitCommitName: row.git_commit_name ?? null,
    gitCommitTags: row.git_commit_tags ?? null,
    gitCommitMessage: row.git_commit_message ?? null,
    gitRepositoryBranch: row.git_repository_branch ?? null,
    gitRepositoryBranchTip: row.git_repository_branch_tip ?? null,
    patchsetFiles: row.patchset_files ?? null,
    patchsetHash: row.patchset_hash ?? null,
    messageId: row.message_id ?? null,
    comment: row.comment ?? null,
    startTime: row.item_time,
    originBuildsFinishTime: row.origin_builds_finish_time ?? null,
    originTestsFinishTime: row.origin_tests_finish_time ?? null,
    logUrl: row.log_url ?? null,
    logExcerpt: row.log_excerpt ?? null,
    valid: row.valid ?? null,
    misc: row.misc ?? null,
  };
  return withConflicts(checkout, row.conflicts);
}
