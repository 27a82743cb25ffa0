import type { Document } from 'bson';
import type { Call, Environment, Json, JsonObject, Resource, Status, Test, TestNumber } from '../kit/author.ts';
import { documentOf, durationOf, idOf, listOf, numberOf, textOf, timeOf, toJson } from '../kit/mongo/documents.ts';
import type { Ids } from './ids.ts';
import { BOOT_STATUSES, TEST_STATUSES } from './statuses.ts';
import { excerptFromEnd, type FieldSources, hasValue, storageUrl, warnOfInvalidRecord } from './translate.ts';

/** What the translation of a test needs beside its document. */
export interface TestContext extends RunStorage {
  readonly ids: Ids;
  readonly call: Pick<Call, 'warn'>;
  /** The `_id` of the build that it ran on. */
  readonly build: string;
  /** Its groups, the innermost first and the plan last. The ancestors of a missing group are missing too. */
  readonly groups: readonly Document[];
  /** The last of the groups is the plan. */
  readonly isComplete: boolean;
}

/** Fields that `misc` has in addition to the system's own reports, each with the prefix `kernelci_`. */
const MORE_MISC_OF_TEST = [
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
  misc: ['plan', 'status', 'name', 'test_case_path', 'measurements', ...MORE_MISC_OF_TEST],
};

/** Translates a document of `test_case`. */
export function translateTest(document: Document, context: TestContext): Test {
  const { ids, groups, call } = context;
  const id = ids.test({ collection: 'test_case', hex: idOf(document._id) ?? '' });
  const top = groups.at(-1) ?? {};
  const own = { device: document.device_type, lab: document.lab_name, mach: document.mach };
  const device = textOf(top.device_type) ?? textOf(top.board) ?? textOf(own.device);
  const lab = textOf(top.lab_name) ?? textOf(own.lab);
  const plan = (context.isComplete ? textOf(top.name) : null) ?? textOf(document.plan) ?? textOf(top.name);
  const files = filesOf(context, top, device, lab);
  const { path, original } = testPath(document, groups, context.isComplete);
  return {
    id,
    origin: ids.origin,
    timestamp: timeOf(document.created_on),
    misc: { ...miscOfTest(document, top, plan), ...(original === path ? {} : { kernelci_path: original }) },
    buildId: ids.build(context.build),
    environment: environmentOf({ device, lab, mach: textOf(top.mach) ?? textOf(own.mach) }, top),
    path,
    comment: runTitle(plan, device, lab),
    logUrl: files.find(({ name }) => name === 'txt')?.url ?? null,
    logExcerpt: excerptFromEnd(linesOf(document.log_lines)),
    status: testStatusOf(document.status, id, call),
    number: numbersOf(document)[0] ?? null,
    startTime: timeOf(document.created_on),
    // LAVA's importer writes 0 for every test, so 0 means "not known".
    duration: durationOf(document.time) || null,
    inputFiles: null,
    outputFiles: files,
  };
}

function testStatusOf(value: unknown, id: string, call: Pick<Call, 'warn'>): Status | null {
  const name = textOf(value);
  const status = name === null ? null : (TEST_STATUSES[name] ?? null);
  if (name !== null && status === null) warnOfInvalidRecord(call, id, `"${name.slice(0, 60)}" is no status of a test.`);
  return status;
}

/** The log of the run as text and as HTML, and LAVA's JSON. */
function filesOf(context: TestContext, top: Document, device: string | null, lab: string | null): readonly Resource[] {
  // Posted results ran elsewhere: the storage has no files of them.
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

function miscOfTest(document: Document, top: Document, plan: string | null): JsonObject {
  const misc: Record<string, Json> = {
    plan,
    plan_variant: toJson(top.plan_variant),
    kernelci_status: toJson(document.status),
  };
  for (const name of MORE_MISC_OF_TEST) if (hasValue(document[name])) misc[`kernelci_${name}`] = toJson(document[name]);
  if (listOf(document.measurements).length > 1) misc.kernelci_measurements = toJson(document.measurements);
  for (const name of ['boot_result_description', 'initrd_info', 'warnings'] as const) {
    if (hasValue(top[name])) misc[`kernelci_${name}`] = toJson(top[name]);
  }
  return misc;
}

const MORE_MISC_OF_BOOT = [
  'boot_result_description',
  'boot_job_id',
  'boot_job_url',
  'warnings',
  'retries',
  'bootloader',
  'bootloader_version',
  'chainloader',
  'filesystem',
  'qemu',
  'qemu_command',
  'metadata',
] as const;
const PLACE_FIELDS = ['device_type', 'board', 'lab_name'];
const FILE_FIELDS = ['file_server_resource', 'lab_name', 'boot_log', 'boot_log_html'];

export const BOOT_FIELDS: readonly string[] = [
  ...['_id', 'build_id', 'defconfig_id', 'created_on', 'status'],
  ...['job', 'git_branch', 'kernel', 'arch', 'defconfig', 'defconfig_full', 'build_environment'],
];
export const BOOT_SOURCES: FieldSources = {
  comment: PLACE_FIELDS,
  status: ['status'],
  duration: ['time'],
  environment: [...PLACE_FIELDS, 'mach', 'initrd', 'board_instance'],
  logUrl: FILE_FIELDS,
  outputFiles: FILE_FIELDS,
  misc: ['plan', 'plan_variant', 'status', ...MORE_MISC_OF_BOOT],
};

/** Translates a document of `boot`: boots had a collection before they became tests. */
export function translateBoot(
  document: Document,
  { ids, build, ...place }: Omit<TestContext, 'groups' | 'isComplete'>,
): Test {
  const device = textOf(document.device_type) ?? textOf(document.board);
  const lab = textOf(document.lab_name);
  const files = runFiles(place, document, lab, { txt: document.boot_log, html: document.boot_log_html });
  return {
    id: ids.test({ collection: 'boot', hex: idOf(document._id) ?? '' }),
    origin: ids.origin,
    timestamp: timeOf(document.created_on),
    misc: miscOfBoot(document),
    buildId: ids.build(build),
    environment: environmentOf({ device, lab, mach: textOf(document.mach) }, document),
    path: 'boot',
    comment: runTitle('boot', device, lab),
    logUrl: files.find(({ name }) => name === 'txt')?.url ?? null,
    logExcerpt: null,
    status: BOOT_STATUSES[textOf(document.status) ?? ''] ?? null,
    number: null,
    startTime: timeOf(document.created_on),
    duration: durationOf(document.time),
    inputFiles: null,
    outputFiles: files,
  };
}

function miscOfBoot(document: Document): JsonObject {
  const misc: Record<string, Json> = {
    plan: textOf(document.plan) ?? 'boot',
    plan_variant: toJson(document.plan_variant),
    kernelci_status: toJson(document.status),
  };
  for (const name of MORE_MISC_OF_BOOT) if (hasValue(document[name])) misc[`kernelci_${name}`] = toJson(document[name]);
  return misc;
}

/** `PLAN on DEVICE in LAB`, without the parts that are not known. */
export function runTitle(plan: string | null, device: string | null, lab: string | null): string | null {
  if (plan === null) return [device, lab].some((part) => part !== null) ? placeName(device, lab) : null;
  return device === null
    ? [plan, lab].filter((part) => part !== null).join(' in ')
    : `${plan} on ${placeName(device, lab)}`;
}

function placeName(device: string | null, lab: string | null): string | null {
  return device === null && lab === null ? null : [device, lab].filter((part) => part !== null).join(' in ');
}

function environmentOf(
  at: { readonly device: string | null; readonly lab: string | null; readonly mach: string | null },
  run: Document,
): Environment {
  const misc = { ...at, rootfs_url: toJson(run.initrd), instance: toJson(run.board_instance) };
  return { comment: placeName(at.device, at.lab), compatible: null, misc };
}

/** The location of the files of runs. */
export interface RunStorage {
  /** The base address. */
  readonly storage: string;
  /** The folder of the build, for a run that does not name one. */
  readonly folder: string | null;
}

/** The files of a run on a board, without those that the run does not have. */
function runFiles(
  { storage, folder }: RunStorage,
  run: Document,
  lab: string | null,
  named: Readonly<Record<string, unknown>>,
): readonly Resource[] {
  return Object.entries(named).flatMap(([name, value]) => {
    const url = storageUrl(storage, textOf(run.file_server_resource) ?? folder, lab, textOf(value));
    return url === null ? [] : [{ name, url }];
  });
}

/** Whether a run has files but names no folder: it was imported before its build, whose folder has them. */
export function lacksFolder(run: Document): boolean {
  const files = [run.boot_log, run.boot_log_html].some((file) => textOf(file) !== null);
  return files && textOf(run.file_server_resource) === null;
}

/** A path in KCIDB's format: an underscore replaces each character that KCIDB does not allow. */
export interface TestPath {
  readonly path: string | null;
  /** The path in the documents. */
  readonly original: string | null;
}

/** The names of the groups from the plan down, then the test's own. Documents since 2020 store the whole path. */
function testPath(document: Document, groups: readonly Document[], isComplete: boolean): TestPath {
  const original = textOf(document.test_case_path) ?? (isComplete ? joinedPath(document, groups) : null);
  return { path: original === null ? null : validPath(original), original };
}

function joinedPath(document: Document, groups: readonly Document[]): string | null {
  const names = [document, ...groups].map(({ name }) => textOf(name)).reverse();
  return names.some((name) => name === null) ? null : names.join('.');
}

function validPath(path: string): string {
  const segments = path.split('.').filter((segment) => segment !== '');
  return segments.map((segment) => segment.replace(/[^A-Za-z0-9_-]/gu, '_')).join('.');
}
