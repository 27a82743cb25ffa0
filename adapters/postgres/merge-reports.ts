import { sameJson } from '../kit/same-json.ts';
import type { Json } from '../model.ts';
import { type Differing, mergeRow } from './merge.ts';
import type { Column } from './stored-columns.ts';
import type { Row } from './to-row.ts';

/** A value that is not shown, and the origin whose report has it. */
export interface ReportedConflict extends Differing {
  readonly origin: Json;
}

export interface MergedReports {
  readonly row: Row;
  readonly changed: boolean;
  readonly conflicts: readonly ReportedConflict[];
  /** Values that were taken over: what was a conflict before is shown now. */
  readonly settled: readonly Differing[];
}

/** Adds reports of one object in their order to what is shown of it. */
export function mergeReports(columns: readonly Column[], shown: Row, reports: readonly Row[]): MergedReports {
  let row = shown;
  let conflicts: ReportedConflict[] = [];
  const settled: Differing[] = [];
  for (const report of reports) {
    const merged = mergeRow(columns, row, report);
    row = merged.row;
    settled.push(...merged.filled);
    if (merged.filled.length > 0) {
      conflicts = conflicts.filter((conflict) => !merged.filled.some((filled) => isSame(filled, conflict)));
    }
    for (const differing of merged.differing) conflicts.push({ ...differing, origin: report.origin ?? null });
  }
  return { row, changed: row !== shown, conflicts, settled };
}

function isSame(a: Differing, b: Differing): boolean {
  return a.field === b.field && sameJson(a.value, b.value);
}
