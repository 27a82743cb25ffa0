import type { Document } from 'bson';
import type { Call, Json, JsonObject, Resource, Status, Test, TestNumber } from '../kit/author.ts';
import { documentOf, durationOf, idOf, listOf, numberOf, textOf, timeOf, toJson } from '../kit/mongo/documents.ts';
import { warnOfRecord } from './bad-record.ts';
import { endOf } from './excerpt.ts';
import type { Ids } from './ids.ts';
import type { FieldSources } from './projection.ts';
import type { StatusTable } from './status-table.ts';
import { testPath } from './test-path.ts';
import { environmentOf, placed, type RunStorage, runFiles } from './test-run.ts';
import { isSaid } from './translate-build.ts';

/** What a test is read with beside its own document. */
export interface TestContext extends RunStorage {
  readonly ids: Ids;
  readonly call: Pick<Call, 'warn'>;
  /** The `_id` of the build that it ran on. */
  readonly build: string;
  /** The groups that it lies in, its own first, the plan last; what lies above a missing one is missing. */
  readonly groups: readonly Document[];
  /** The last of the groups is the plan. */
  readonly isWhole: boolean;
}

/** What `misc` has beside what the system itself reports, each under `kernelci_` and its own name. */
const MORE_MISC = [
  'index',
  'regression_id',
  'attachments',
  'parameters',
  'metadata',
  'minimum',
  'maximum',
  'samples',
  'samples_sum',
  'samples_sqr_sum',
  'definition_uri',
  'vcs_commit',
  'kvm_guest',
] as const;

export const TEST_FIELDS: readonly string[] = ['_id', 'test_group_id', 'created_on'];
export const TEST_SOURCES: FieldSources = {
  path: ['name', 'test_case_path'],
  comment: ['plan', 'device_type', 'lab_name'],
  status: ['status'],
  number: ['measurements'],
  duration: ['time'],
  logExcerpt: ['log_lines'],
  environment: ['device_type', 'lab_name', 'mach'],
  misc: ['plan', 'status', 'name', 'test_case_path', 'measurements', ...MORE_MISC],
};

/** A document of `test_case`. */
export function translateTest(document: Document, context: TestContext): Test {
  const { ids, groups, call } = context;
  const id = ids.test({ collection: 'test_case', hex: idOf(document._id) ?? '' });
  const top = groups.at(-1) ?? {};
  const said = { device: document.device_type, lab: document.lab_name, mach: document.mach };
  const device = textOf(top.device_type) ?? textOf(top.board) ?? textOf(said.device);
  const lab = textOf(top.lab_name) ?? textOf(said.lab);
  const plan = (context.isWhole ? textOf(top.name) : null) ?? textOf(document.plan) ?? textOf(top.name);
  const files = filesOf(context, top, device, lab);
  const { path, original } = testPath(document, groups, context.isWhole);
  return {
    id,
    origin: ids.origin,
    timestamp: timeOf(document.created_on),
    misc: { ...miscOf(document, top, plan), ...(original === path ? {} : { kernelci_path: original }) },
    buildId: ids.build(context.build),
    environment: environmentOf({ device, lab, mach: textOf(top.mach) ?? textOf(said.mach) }, top),
    path,
    comment: placed(plan, device, lab),
    logUrl: files.find(({ name }) => name === 'txt')?.url ?? null,
    logExcerpt: endOf(linesOf(document.log_lines)),
    status: testStatusOf(document.status, id, call),
    number: numbersOf(document)[0] ?? null,
    startTime: timeOf(document.created_on),
    // LAVA's importer writes 0 for every test: that it took no time is not what it says.
    duration: durationOf(document.time) || null,
    inputFiles: null,
    outputFiles: files,
  };
}

export const TEST_STATUSES: StatusTable = {
  PASS: 'PASS',
  FAIL: 'FAIL',
  SKIP: 'SKIP',
  ERROR: 'ERROR',
  UNKNOWN: 'SKIP',
};

function testStatusOf(value: unknown, id: string, call: Pick<Call, 'warn'>): Status | null {
  const name = textOf(value);
  const status = name === null ? null : (TEST_STATUSES[name] ?? null);
  if (name !== null && status === null) warnOfRecord(call, id, `"${name.slice(0, 60)}" is no status of a test.`);
  return status;
}

/** The log of the run, as text and as HTML, and what LAVA said of it. */
function filesOf(context: TestContext, top: Document, device: string | null, lab: string | null): readonly Resource[] {
  // Results that were posted ran elsewhere: there is nothing of them in the storage.
  const isOfLava = textOf(top.boot_log) !== null || textOf(top.boot_log_html) !== null || textOf(top.version) === '1.1';
  const json = device === null || !isOfLava ? null : `lava-json-${device}.json`;
  return runFiles(context, top, lab, { txt: top.boot_log, html: top.boot_log_html, lava_json: json });
}

function linesOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((line) => {
    const message = typeof line === 'string' ? line : documentOf(line)?.msg;
    return typeof message === 'string' ? [message] : [];
  });
}

function numbersOf({ measurements }: Document): readonly TestNumber[] {
  return listOf(measurements).flatMap((one) => {
    const measurement = documentOf(one);
    const value = numberOf(measurement?.value);
    return value === null ? [] : [{ value, unit: textOf(measurement?.unit), prefix: null }];
  });
}

function miscOf(document: Document, top: Document, plan: string | null): JsonObject {
  const misc: Record<string, Json> = {
    plan,
    plan_variant: toJson(top.plan_variant),
    kernelci_status: toJson(document.status),
  };
  for (const name of MORE_MISC) if (isSaid(document[name])) misc[`kernelci_${name}`] = toJson(document[name]);
  if (listOf(document.measurements).length > 1) misc.kernelci_measurements = toJson(document.measurements);
  for (const name of ['boot_result_description', 'initrd_info', 'warnings'] as const) {
    if (isSaid(top[name])) misc[`kernelci_${name}`] = toJson(top[name]);
  }
  return misc;
}
