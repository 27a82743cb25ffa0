import { type Document, Double, Int32, Long, type ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import { CLANG, copied, GCC, type Revision } from './revision.ts';

/** What groups and boots repeat of their build. */
export interface Build {
  readonly id: ObjectId;
  readonly revision: Revision;
  readonly time: Date;
  readonly arch: string;
  readonly defconfig: string;
  readonly defconfigFull: string;
  readonly environment: string;
  readonly resource: string;
  readonly hasFailed: boolean;
}

const KINDS = [
  ['arm64', 'defconfig', ''],
  ['arm64', 'defconfig', '+arm64-chromebook'],
  ['arm64', 'defconfig', '+CONFIG_RANDOMIZE_BASE=y'],
  ['arm', 'multi_v7_defconfig', ''],
  ['arm', 'allmodconfig', ''],
  ['x86_64', 'x86_64_defconfig', '+kselftest'],
  ['i386', 'tinyconfig', ''],
  ['riscv', 'defconfig', ''],
  ['mips', 'malta_defconfig', ''],
  ['arc', 'haps_hs_defconfig', ''],
] as const;

/** The build of a number: each revision has one of each kind, by one compiler. */
export function makeBuild(chance: Chance, revision: Revision, number: number): Build {
  const [arch, defconfig, fragment] = KINDS[number % KINDS.length] ?? KINDS[0];
  const time = later(revision.time, 3_600_000 + number * 60_000 + chance.below(50_000));
  const defconfigFull = `${defconfig}${fragment}`;
  const environment = number < KINDS.length ? 'gcc-8' : 'clang-11';
  const { job, branch, kernel, era } = revision;
  const folder = era.isOldest
    ? `/${job}/${kernel}/${arch}-${defconfigFull}/`
    : `${job}/${branch}/${kernel}/${arch}/${defconfigFull}${era.hasEnvironments ? `/${environment}` : ''}`;
  return {
    id: chance.id(time),
    revision,
    time,
    arch,
    defconfig,
    defconfigFull,
    environment,
    resource: folder,
    hasFailed: chance.oneIn(8),
  };
}

export function buildDocument(chance: Chance, build: Build): Document {
  const { revision, hasFailed } = build;
  const { era } = revision;
  const describe = copied(revision);
  const compiler = build.environment === 'gcc-8' ? GCC : CLANG;
  const common = {
    _id: build.id,
    arch: build.arch,
    // Imported by many programs: the same number is an int32 here and a double there.
    build_time: chance.of([new Double(chance.below(90_000) / 100), new Int32(chance.below(900)), null]),
    build_type: 'kernel',
    created_on: build.time,
    defconfig: build.defconfig,
    defconfig_full: build.defconfigFull,
    dtb_dir: hasFailed ? null : 'dtbs',
    errors: hasFailed ? 1 + chance.below(5) : 0,
    warnings: chance.below(4),
    file_server_resource: build.resource,
    file_server_url: era.isOldest ? 'http://storage.kernelci.org' : null,
    ...describe,
    // An import that came before its revision knows no job.
    job_id: chance.oneIn(50) ? null : revision.jobId,
    kernel_image: hasFailed ? null : era.hasLogFolders ? 'kernel/Image' : 'zImage',
    metadata: chance.oneIn(10) ? { some_extra_key: 'free form', number: new Long(2 ** 40) } : {},
    modules: hasFailed || era.isOldest ? null : 'modules.tar.xz',
    system_map: hasFailed ? null : era.hasLogFolders ? 'kernel/System.map' : 'System.map',
    text_offset: hasFailed ? null : '0x10000000',
  };
  if (era.isOldest) {
    return {
      ...common,
      build_log: 'build.log',
      build_platform: [],
      dirname: `${build.arch}-${build.defconfigFull}`,
      kconfig_fragments: build.defconfigFull.includes('CONFIG_') ? 'frag-CONFIG_RANDOMIZE_BASE=y.config' : null,
      kernel_config: 'kernel.config',
      modules_dir: 'modules',
      status: chance.of(['PASS', 'FAIL', 'UNKNOWN', 'BUILD']),
      version: '1.0',
    };
  }
  return {
    ...common,
    ...compiler,
    ...(era.hasEnvironments ? { build_environment: build.environment } : {}),
    compiler_version_ext: compiler.compiler_version_full,
    cross_compile: build.arch === 'x86_64' ? '' : `${build.arch}-linux-gnu-`,
    build_log: era.hasLogFolders ? 'logs' : 'build.log',
    build_log_size: era.hasLogFolders ? null : chance.below(90_000),
    build_platform: ['Linux', 'builder-7', '5.4.0-4-amd64', '#1 SMP Debian 5.4.19-1', 'x86_64', ''],
    dirname: null,
    dtb_dir_data: hasFailed ? [] : ['amlogic/meson-gxbb-p200.dtb'],
    git_describe_v: describe.git_describe,
    kconfig_fragments: era.hasLogFolders ? ['config/kernelci.config'] : 'frag-CONFIG_SMP=n.config',
    kernel_build_logs: era.hasLogFolders ? ['logs/kernel.log', ...(hasFailed ? [] : ['logs/modules.log'])] : [],
    kernel_config: era.hasLogFolders ? 'config/kernel.config' : 'kernel.config',
    kernel_image_size: era.hasLogFolders ? null : new Long(9_011_200),
    kernel_version: null,
    mismatches: 0,
    modules_dir: null,
    modules_size: null,
    status: hasFailed ? 'FAIL' : 'PASS',
    version: '1.1',
    vmlinux_bss_size: hasFailed ? null : new Int32(482_304),
    vmlinux_data_size: hasFailed ? null : new Double(2_198_528),
    vmlinux_file_size: hasFailed ? null : new Long(271_884_432),
    vmlinux_text_size: hasFailed ? null : 17_104_896,
  };
}

/** The lines of a build's log that tell of errors. */
export function errorLogsDocument(chance: Chance, build: Build): Document {
  const time = later(build.time, 4000);
  return {
    _id: chance.id(time),
    arch: build.arch,
    build_id: build.id,
    created_on: time,
    defconfig: build.defconfig,
    defconfig_full: build.defconfigFull,
    errors: [`drivers/foo/bar${chance.below(100)}.c:118:9: error: implicit declaration of function 'baz_init'`],
    errors_count: 1,
    file_server_resource: build.resource,
    file_server_url: null,
    git_branch: build.revision.branch,
    job: build.revision.job,
    job_id: build.revision.jobId,
    kernel: build.revision.kernel,
    mismatches: [],
    mismatches_count: 0,
    status: 'FAIL',
    version: '1.1',
    warnings: ["drivers/net/quux.c:42:6: warning: unused variable 'ret' [-Wunused-variable]"],
    warnings_count: 1,
  };
}
