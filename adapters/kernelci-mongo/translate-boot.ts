import type { Document } from 'bson';
import type { Json, JsonObject, Test } from '../kit/author.ts';
import { durationOf, idOf, textOf, timeOf, toJson } from '../kit/mongo/documents.ts';
import type { FieldSources } from './projection.ts';
import type { StatusTable } from './status-table.ts';
import { environmentOf, placed, runFiles } from './test-run.ts';
import { isSaid } from './translate-build.ts';
import type { TestContext } from './translate-test.ts';

const MORE_MISC = [
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
const PLACE = ['device_type', 'board', 'lab_name'];
const FILES = ['file_server_resource', 'lab_name', 'boot_log', 'boot_log_html'];

export const BOOT_FIELDS: readonly string[] = [
  ...['_id', 'build_id', 'defconfig_id', 'created_on', 'status'],
  ...['job', 'git_branch', 'kernel', 'arch', 'defconfig', 'defconfig_full', 'build_environment'],
];
export const BOOT_SOURCES: FieldSources = {
  comment: PLACE,
  status: ['status'],
  duration: ['time'],
  environment: [...PLACE, 'mach', 'initrd', 'board_instance'],
  logUrl: FILES,
  outputFiles: FILES,
  misc: ['plan', 'plan_variant', 'status', ...MORE_MISC],
};

export const BOOT_STATUSES: StatusTable = { PASS: 'PASS', FAIL: 'FAIL', OFFLINE: 'MISS', UNTRIED: 'SKIP' };

/** A document of `boot`, as boots were kept before they became tests. */
export function translateBoot(
  document: Document,
  { ids, build, ...place }: Omit<TestContext, 'groups' | 'isWhole'>,
): Test {
  const device = textOf(document.device_type) ?? textOf(document.board);
  const lab = textOf(document.lab_name);
  const files = runFiles(place, document, lab, { txt: document.boot_log, html: document.boot_log_html });
  return {
    id: ids.test({ collection: 'boot', hex: idOf(document._id) ?? '' }),
    origin: ids.origin,
    timestamp: timeOf(document.created_on),
    misc: miscOf(document),
    buildId: ids.build(build),
    environment: environmentOf({ device, lab, mach: textOf(document.mach) }, document),
    path: 'boot',
    comment: placed('boot', device, lab),
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

function miscOf(document: Document): JsonObject {
  const misc: Record<string, Json> = {
    plan: textOf(document.plan) ?? 'boot',
    plan_variant: toJson(document.plan_variant),
    kernelci_status: toJson(document.status),
  };
  for (const name of MORE_MISC) if (isSaid(document[name])) misc[`kernelci_${name}`] = toJson(document[name]);
  return misc;
}
