import type { Incident, JsonObject } from '../model.ts';
import { type ColumnsOf, plain, timeText } from './select-columns.ts';
import { type ConflictRow, conflictColumn, withConflicts } from './translate-conflicts.ts';

/** A row of the columns below; what was not selected is absent. */
export interface IncidentRow {
  readonly id: string;
  readonly origin: string;
  readonly issue_id: string;
  readonly issue_version: number;
  readonly item_time: string | null;
  readonly timestamp?: string;
  readonly build_id?: string | null;
  readonly test_id?: string | null;
  readonly present?: boolean | null;
  readonly comment?: string | null;
  readonly misc?: JsonObject | null;
  readonly conflicts?: readonly ConflictRow[] | null;
}

export const INCIDENT_COLUMNS: ColumnsOf<Incident> = {
  id: [],
  origin: [],
  issueId: [],
  issueVersion: [],
  timestamp: [timeText('t.timestamp', 'timestamp')],
  buildId: plain('build_id'),
  testId: plain('test_id'),
  present: plain('present'),
  comment: plain('comment'),
  misc: plain('misc'),
  conflicts: conflictColumn('incident', null),
};

export function toIncident(row: IncidentRow): Incident {
  const incident: Incident = {
    id: row.id,
    origin: row.origin,
    issueId: row.issue_id,
    issueVersion: row.issue_version,
    timestamp: row.timestamp ?? null,
    buildId: row.build_id ?? null,
    testId: row.test_id ?? null,
    present: row.present ?? null,
    comment: row.comment ?? null,
    misc: row.misc ?? null,
  };
  return withConflicts(incident, row.conflicts);
}
