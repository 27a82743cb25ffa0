import type { Culprit, Issue, JsonObject } from '../model.ts';
import { type ColumnsOf, plain, timeText } from './select-columns.ts';
import { type ConflictRow, conflictColumn, withConflicts } from './translate-conflicts.ts';

/** A row of the columns below; what was not selected is absent. */
export interface IssueRow {
  readonly id: string;
  readonly version: number;
  readonly origin: string;
  readonly item_time: string | null;
  readonly timestamp?: string;
  readonly categories?: readonly string[] | null;
  readonly report_url?: string | null;
  readonly report_subject?: string | null;
  readonly culprit_present?: boolean | null;
  readonly culprit_code?: boolean | null;
  readonly culprit_tool?: boolean | null;
  readonly culprit_harness?: boolean | null;
  readonly comment?: string | null;
  readonly misc?: JsonObject | null;
  readonly conflicts?: readonly ConflictRow[] | null;
}

export const ISSUE_COLUMNS: ColumnsOf<Issue> = {
  id: [],
  version: [],
  origin: [],
  timestamp: [timeText('t.timestamp', 'timestamp')],
  categories: plain('categories'),
  reportUrl: plain('report_url'),
  reportSubject: plain('report_subject'),
  culprit: plain('culprit_present', 'culprit_code', 'culprit_tool', 'culprit_harness'),
  comment: plain('comment'),
  misc: plain('misc'),
  conflicts: conflictColumn('issue', null),
};

export function toIssue(row: IssueRow): Issue {
  const issue: Issue = {
    id: row.id,
    version: row.version,
    origin: row.origin,
    timestamp: row.timestamp ?? null,
    categories: row.categories ?? null,
    reportUrl: row.report_url ?? null,
    reportSubject: row.report_subject ?? null,
    culprit: toCulprit(row),
    comment: row.comment ?? null,
    misc: row.misc ?? null,
  };
  return withConflicts(issue, row.conflicts);
}

function toCulprit(row: IssueRow): Culprit | null {
  if (row.culprit_present !== true) return null;
  return {
    code: row.culprit_code ?? null,
    tool: row.culprit_tool ?? null,
    harness: row.culprit_harness ?? null,
  };
}
