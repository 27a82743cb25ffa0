import type { Document } from 'bson';
import type { Build, Call, Json, JsonObject, Resource, Status } from '../kit/author.ts';
import { idOf, listOf, numberOf, textOf, timeOf, toJson } from '../kit/mongo/documents.ts';
import type { Ids } from './ids.ts';
import { BUILD_STATUSES } from './statuses.ts';
import { excerptFromStart, type FieldSources, hasValue, storageUrl, warnOfInvalidRecord } from './translate.ts';

/** What the translation of a build needs beside its document. */
export interface BuildContext {
  readonly ids: Ids;
  readonly storage: string;
  readonly call: Pick<Call, 'warn'>;
  /** The commit of the build, else of its job. */
  readonly commit: string;
  /** Its document in `error_logs`, if the excerpt is selected. */
  readonly errorLog: Document | null;
}

/** Fields that `misc` has in addition to the system's own reports, each with the prefix `kernelci_`. */
const MORE_MISC = [
  'build_environment',
  'defconfig',
  'kernel',
  'job',
  'git_describe',
  'kernel_version',
  'compiler',
  'compiler_version',
  'cross_compile',
  'build_type',
  'errors',
  'warnings',
  'mismatches',
  'text_offset',
  'vmlinux_text_size',
  'vmlinux_file_size',
  'build_log_size',
  'kernel_config_size',
  'modules_size',
  'system_map_size',
  'metadata',
] as const;
const REPORTED_MISC = ['kernel_image_size', 'vmlinux_bss_size', 'vmlinux_data_size', 'build_platform'] as const;

export const BUILD_FIELDS: readonly string[] = ['_id', 'job', 'git_branch', 'kernel', 'git_commit', 'created_on'];
export const BUILD_SOURCES: FieldSources = {
  comment: ['git_describe_v', 'git_describe'],
  duration: ['build_time'],
  architecture: ['arch'],
  compiler: ['compiler_version_full', 'compiler_version_ext'],
  configName: ['defconfig_full'],
  configUrl: ['file_server_resource', 'kernel_config'],
  logUrl: ['file_server_resource', 'kernel_build_logs', 'build_log'],
  outputFiles: ['file_server_resource', 'kernel_image', 'modules', 'system_map'],
  status: ['status'],
  misc: [...REPORTED_MISC, ...MORE_MISC, 'kconfig_fragments', 'status', 'git_url'],
};

/** Translates a document of `build`. */
export function translateBuild(document: Document, context: BuildContext): Build {
  const { ids, storage, call } = context;
  const id = ids.build(idOf(document._id) ?? '');
  const file = (name: unknown) => storageUrl(storage, textOf(document.file_server_resource), textOf(name));
  return {
    id,
    origin: ids.origin,
    timestamp: null,
    misc: miscOf(document),
    checkoutId: ids.checkout(context.commit),
    comment: textOf(document.git_describe_v) ?? textOf(document.git_describe),
    startTime: timeOf(document.created_on),
    duration: durationOf(document.build_time),
    architecture: architectureOf(document.arch, id, call),
    command: null,
    compiler: textOf(document.compiler_version_full) ?? textOf(document.compiler_version_ext),
    inputFiles: null,
    outputFiles: outputFilesOf(document, file),
    configName: textOf(document.defconfig_full),
    configUrl: file(document.kernel_config),
    // Since March 2021 `build_log` is the folder of the logs.
    logUrl: file(listOf(document.kernel_build_logs)[0]) ?? file(document.build_log),
    logExcerpt: context.errorLog === null ? null : excerptOf(context.errorLog),
    status: buildStatusOf(document.status),
  };
}

function buildStatusOf(status: unknown): Status | null {
  return BUILD_STATUSES[textOf(status) ?? ''] ?? null;
}

function durationOf(value: unknown): number | null {
  const seconds = numberOf(value);
  return seconds !== null && seconds >= 0 ? seconds : null;
}

function architectureOf(value: unknown, id: string, call: Pick<Call, 'warn'>): string | null {
  const name = textOf(value);
  if (name === null || /^[a-z0-9_]*$/.test(name)) return name;
  warnOfInvalidRecord(
    call,
    id,
    `"${name.slice(0, 60)}" is no architecture: lower-case letters, digits and underscores.`,
  );
  return null;
}

function outputFilesOf(document: Document, file: (name: unknown) => string | null): readonly Resource[] {
  const named = { kernel_image: document.kernel_image, modules: document.modules, 'System.map': document.system_map };
  return Object.entries(named).flatMap(([name, value]) => {
    const url = file(value);
    return url === null ? [] : [{ name, url }];
  });
}

function excerptOf(log: Document): string | null {
  const lines = [log.errors, log.warnings, log.mismatches].flatMap((list) => listOf(list));
  return excerptFromStart(lines.filter((line) => typeof line === 'string'));
}

function miscOf(document: Document): JsonObject {
  const misc: Record<string, Json> = {};
  for (const name of REPORTED_MISC) misc[name] = toJson(document[name]);
  for (const name of MORE_MISC) {
    if (hasValue(document[name])) misc[`kernelci_${name}`] = toJson(document[name]);
  }
  // A single fragment was text before March 2021.
  const fragments = listOf(document.kconfig_fragments).filter(hasValue);
  if (fragments.length > 0) misc.kernelci_kconfig_fragments = toJson(fragments);
  if (buildStatusOf(document.status) === null && hasValue(document.status))
    misc.kernelci_status = toJson(document.status);
  const url = textOf(document.git_url);
  if (url !== null && !url.startsWith('https://')) misc.kernelci_git_url = url;
  return misc;
}
