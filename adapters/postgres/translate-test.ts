import type { Environment, JsonObject, Resource, Status, Test, TestNumber } from '../model.ts';
import { type ColumnsOf, logColumn, plain, timeText } from './select-columns.ts';
import { type ConflictRow, conflictColumn, withConflicts } from './translate-conflicts.ts';

/** A row of the columns below; what was not selected is absent. */
export interface TestRow {
  readonly id: string;
  readonly origin: string;
  readonly build_id: string;
  readonly item_time: string | null;
  readonly timestamp?: string;
  readonly environment_present?: boolean | null;
  readonly environment_comment?: string | null;
  readonly environment_compatible?: readonly string[] | null;
  readonly environment_misc?: JsonObject | null;
  readonly path?: string | null;
  readonly comment?: string | null;
  readonly log_url?: string | null;
  readonly log_excerpt?: string | null;
  readonly status?: Status | null;
  readonly number_value?: number | null;
  readonly number_unit?: string | null;
  readonly number_prefix?: 'metric' | 'binary' | null;
  readonly duration?: number | null;
  readonly input_files?: readonly Resource[] | null;
  readonly output_files?: readonly Resource[] | null;
  readonly misc?: JsonObject | null;
  readonly conflicts?: readonly ConflictRow[] | null;
}

export const TEST_COLUMNS: ColumnsOf<Test> = {
  id: [],
  origin: [],
  buildId: [],
  timestamp: [timeText('t.timestamp', 'timestamp')],
  environment: plain('environment_present', 'environment_comment', 'environment_compatible', 'environment_misc'),
  path: plain('path'),
  comment: plain('comment'),
  logUrl: plain('log_url'),
  logExcerpt: logColumn('test_logs'),
  status: plain('status'),
  number: plain('number_value', 'number_unit', 'number_prefix'),
  startTime: [],
  duration: plain('duration'),
  inputFiles: plain('input_files'),
  outputFiles: plain('output_files'),
  misc: plain('misc'),
  conflicts: conflictColumn('test', 'test_logs'),
};

export function toTest(row: TestRow): Test {
  const test: Test = {
    id: row.id,
    origin: row.origin,
    buildId: row.build_id,
    timestamp: row.timestamp ?? null,
    environment: toEnvironment(row),
    path: row.path ?? null,
    comment: row.comment ?? null,
    logUrl: row.log_url ?? null,
    logExcerpt: row.log_excerpt ?? null,
    status: row.status ?? null,
    number: toNumber(row),
    startTime: row.item_time,
    duration: row.duration ?? null,
    inputFiles: row.input_files ?? null,
    outputFiles: row.output_files ?? null,
    misc: row.misc ?? null,
  };
  return withConflicts(test, row.conflicts);
}

function toEnvironment(row: TestRow): Environment | null {
  if (row.environment_present !== true) return null;
  return {
    comment: row.environment_comment ?? null,
    compatible: row.environment_compatible ?? null,
    misc: row.environment_misc ?? null,
  };
}

function toNumber(row: TestRow): TestNumber | null {
  if (row.number_value === null || row.number_value === undefined) return null;
  return { value: row.number_value, unit: row.number_unit ?? null, prefix: row.number_prefix ?? null };
}
