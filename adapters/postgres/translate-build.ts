import type { Build, JsonObject, Resource, Status } from '../model.ts';
import { type ColumnsOf, logColumn, plain, timeText } from './select-columns.ts';
import { type ConflictRow, conflictColumn, withConflicts } from './translate-conflicts.ts';

/** A row of the columns below; what was not selected is absent. */
export interface BuildRow {
  readonly id: string;
  readonly origin: string;
  readonly checkout_id: string;
  readonly item_time: string | null;
  readonly timestamp?: string;
  readonly comment?: string | null;
  readonly duration?: number | null;
  readonly architecture?: string | null;
  readonly command?: string | null;
  readonly compiler?: string | null;
  readonly input_files?: readonly Resource[] | null;
  readonly output_files?: readonly Resource[] | null;
  readonly config_name?: string | null;
  readonly config_url?: string | null;
  readonly log_url?: string | null;
  readonly log_excerpt?: string | null;
  readonly status?: Status | null;
  readonly misc?: JsonObject | null;
  readonly conflicts?: readonly ConflictRow[] | null;
}

export const BUILD_COLUMNS: ColumnsOf<Build> = {
  id: [],
  origin: [],
  checkoutId: [],
  timestamp: [timeText('t.timestamp', 'timestamp')],
  comment: plain('comment'),
  startTime: [],
  duration: plain('duration'),
  architecture: plain('architecture'),
  command: plain('command'),
  compiler: plain('compiler'),
  inputFiles: plain('input_files'),
  outputFiles: plain('output_files'),
  configName: plain('config_name'),
  configUrl: plain('config_url'),
  logUrl: plain('log_url'),
  logExcerpt: logColumn('build_logs'),
  status: plain('status'),
  misc: plain('misc'),
  conflicts: conflictColumn('build', 'build_logs'),
};

export function toBuild(row: BuildRow): Build {
  const build: Build = {
    id: row.id,
    origin: row.origin,
    checkoutId: row.checkout_id,
    timestamp: row.timestamp ?? null,
    comment: row.comment ?? null,
    startTime: row.item_time,
    duration: row.duration ?? null,
    architecture: row.architecture ?? null,
    command: row.command ?? null,
    compiler: row.compiler ?? null,
    inputFiles: row.input_files ?? null,
    outputFiles: row.output_files ?? null,
    configName: row.config_name ?? null,
    configUrl: row.config_url ?? null,
    logUrl: row.log_url ?? null,
    logExcerpt: row.log_excerpt ?? null,
    status: row.status ?? null,
    misc: row.misc ?? null,
  };
  return withConflicts(build, row.conflicts);
}
