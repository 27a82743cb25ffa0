import { type Call, issueTie, type PageItem } from '../../adapter.ts';
import { sameJson } from '../../kit/same-json.ts';
import type {
  Build,
  Checkout,
  Conflict,
  ConflictValue,
  Culprit,
  Entities,
  EntityName,
  Environment,
  Incident,
  Issue,
  Json,
  JsonObject,
  Resource,
  Status,
  Test,
  TestNumber,
} from '../../model.ts';
import { TABLES } from '../columns.ts';
import { raw, type Sql } from './sql.ts';

/** The SQL of an entity's fields: for each, the output columns that it is made of, of the row `t`. */
export type ColumnsOf<T> = { readonly [F in keyof Required<T>]: readonly string[] };

/** A time as the model has it; it never leaves the server as anything but this text, since a Date loses microseconds. */
export function timeText(expression: string, name: string): string {
  return `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${name}`;
}

export function plain(...names: readonly string[]): readonly string[] {
  return names.map((name) => `t.${name}`);
}

/** Log excerpts lie apart, and are most of all bytes: looked up only for the rows that are given. */
export function logColumn(table: string): readonly string[] {
  return [`(SELECT l.log_excerpt FROM ${table} l WHERE l.id = t.id) AS log_excerpt`];
}

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

/** What a report said of a field, be it shown or not; `shown` only for a log excerpt, which the object may come without. */
export interface ConflictRow {
  readonly field: string;
  readonly value: Json;
  readonly origin: string;
  readonly at: string;
  readonly shown: Json;
}

/** All conflicts of the row in one look-up, in the order in which they came. */
export function conflictColumn(entity: EntityName, logs: string | null): readonly string[] {
  const shown =
    logs === null
      ? 'null'
      : `CASE WHEN f.field = 'logExcerpt' THEN (SELECT l.log_excerpt FROM ${logs} l WHERE l.id = t.id) END`;
  const version = entity === 'issue' ? 't.version' : '0';
  return [
    `(SELECT json_agg(json_build_object('field', f.field, 'value', f.value, 'origin', f.origin,
    'at', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'shown', ${shown})
    ORDER BY f.field, f.at, f.origin, f.digest)
  FROM conflicts f WHERE f.entity = '${entity}' AND f.id = t.id AND f.version = ${version}) AS conflicts`,
  ];
}

/** The object with its conflicts, field by field, the value that it shows first. As it is where they were not selected. */
export function withConflicts<T extends { readonly origin: string }>(
  object: T,
  rows: readonly ConflictRow[] | null | undefined,
): T & { readonly conflicts?: readonly Conflict[] } {
  if (rows === null || rows === undefined) return object;
  const byField = new Map<string, ConflictValue[]>();
  for (const { field, value, origin, at, shown: excerpt } of rows) {
    const shown = excerpt ?? shownAt(object, field);
    if (value === '' || sameJson(value, shown)) continue;
    let values = byField.get(field);
    if (values === undefined) {
      values = [{ value: shown, source: null, origin: object.origin, at: null }];
      byField.set(field, values);
    }
    values.push({ value, source: null, origin, at });
  }
  return { ...object, conflicts: [...byField].map(([field, values]) => ({ field, values })) };
}

/** `misc.a.b` is the key `a.b` of misc: below a misc, a path does not go on. */
function shownAt(object: object, field: string): Json {
  const match = /^(environment\.misc|misc)\.(.*)$/s.exec(field);
  const path = match === null ? field.split('.') : [...(match[1] ?? '').split('.'), match[2] ?? ''];
  let value: unknown = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return null;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return isJson(value) ? value : null;
}

/** What a field of the model holds is JSON; undefined is a field that is not there. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}

interface Rows {
  readonly checkout: CheckoutRow;
  readonly build: BuildRow;
  readonly test: TestRow;
  readonly issue: IssueRow;
  readonly incident: IncidentRow;
}
export type RowOf<E extends EntityName> = Rows[E];

interface EntityReader<E extends EntityName> {
  readonly columns: ColumnsOf<Entities[E]>;
  /** What the model never leaves null, whatever was asked for. */
  readonly always: readonly string[];
  readonly toObject: (row: Rows[E]) => Entities[E];
}

const READERS: { readonly [E in EntityName]: EntityReader<E> } = {
  checkout: { columns: CHECKOUT_COLUMNS, always: [], toObject: toCheckout },
  build: { columns: BUILD_COLUMNS, always: ['t.checkout_id'], toObject: toBuild },
  test: { columns: TEST_COLUMNS, always: ['t.build_id'], toObject: toTest },
  issue: { columns: ISSUE_COLUMNS, always: ['t.version'], toObject: toIssue },
  incident: { columns: INCIDENT_COLUMNS, always: ['t.issue_id', 't.issue_version'], toObject: toIncident },
};

/** The select list for the fields of a call. Whoever asks for conflicts sees the values beside them, so needs them all. */
export function selectOf(entity: EntityName, fields: Call['fields']): Sql {
  const { columns, always } = READERS[entity];
  const wanted = Object.entries(columns).flatMap(([field, made]) =>
    fields.has(field) || (fields.has('conflicts') && field !== 'logExcerpt') ? made : [],
  );
  const time = TABLES[entity].mayLackTime ? `nullif(t.sort_time, '-infinity')` : 't.sort_time';
  return raw(['t.id', 't.origin', ...always, timeText(time, 'item_time'), ...wanted].join(', '));
}

export function toObject<E extends EntityName>(entity: E, row: RowOf<E>): Entities[E] {
  return READERS[entity].toObject(row);
}

/** A row at its place in a list. */
export function toItem<E extends EntityName>(entity: E, row: RowOf<E>): PageItem<Entities[E]> {
  const tie = 'version' in row ? issueTie(row.id, row.version) : row.id;
  return { object: toObject(entity, row), time: row.item_time, tie };
}
