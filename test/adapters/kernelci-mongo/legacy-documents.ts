import { type Document, Long, ObjectId } from 'bson';
import type { CollectionDocument } from '../../../examples/generators/kernelci/collection-document.ts';

export const COMMITS = { a: 'a1'.repeat(20), b: 'b2'.repeat(20), c: 'c3'.repeat(20), d: 'd4'.repeat(20) } as const;

/** The same each time: of the day, and a number. */
export function idOf(day: string, number: number): ObjectId {
  const seconds = (Date.parse(`${day}T00:00:00Z`) / 1000).toString(16).padStart(8, '0');
  return ObjectId.createFromHexString(`${seconds}0123456789${number.toString(16).padStart(6, '0')}`);
}

const DAY = '2021-03-23';
const RC3 = { job: 'mainline', git_branch: 'master', kernel: 'v5.12-rc3' };
const RC4 = { job: 'mainline', git_branch: 'master', kernel: 'v5.12-rc4' };
const RC5 = { job: 'mainline', git_branch: 'master', kernel: 'v5.12-rc5' };
const ARM = { job: 'arm64', git_branch: 'for-next', kernel: 'v5.12-rc4' };
const GONE = { job: 'gone', git_branch: 'master', kernel: 'v5.10' };
const URL = 'https://git.example.org/linux.git';

export const IDS = {
  jobs: [0, 1, 2, 3, 4, 5].map((n) => idOf(n === 4 ? '2015-08-05' : DAY, 0x100 + n)),
  builds: Array.from({ length: 14 }, (_, n) => idOf(DAY, 0x200 + n)),
  groups: Array.from({ length: 12 }, (_, n) => idOf(DAY, 0x300 + n)),
  cases: Array.from({ length: 40 }, (_, n) => idOf(DAY, 0x400 + n)),
  regressions: [0, 1, 2, 3].map((n) => idOf(`2021-03-${24 + n}`, 0x500 + n)),
  boots: [0, 1, 2, 3].map((n) => idOf('2020-03-20', 0x600 + n)),
  missing: idOf(DAY, 0x999),
} as const;

const at = (hour: number, ms = 0): Date => new Date(Date.UTC(2021, 2, 23, hour, 0, 0, ms));
const id = (list: readonly ObjectId[], n: number): ObjectId => list[n] ?? IDS.missing;

/** A small database that has one of everything that is odd. */
export function legacyFixture(): readonly CollectionDocument[] {
  const of = (collection: string, documents: readonly Document[]) =>
    documents.map((document) => ({ collection, document }));
  return [
    ...of('job', jobs()),
    ...of('build', builds()),
    ...of('test_group', groups()),
    ...of('test_case', cases()),
    ...of('test_regression', regressions()),
    ...of('boot', boots()),
    ...of('error_logs', [
      { _id: idOf(DAY, 0x700), build_id: id(IDS.builds, 2), errors: ['a: error'], warnings: ['w'] },
    ]),
    ...of('bisect', [
      {
        _id: idOf(DAY, 0x701),
        created_on: at(23),
        regression_id: id(IDS.regressions, 0),
        type: 'test',
        found_summary: '0123456789ab foo: break bar',
        checks: {},
      },
    ]),
    ...of('api-token', [{ _id: idOf(DAY, 0x702), token: 'secret' }]),
  ];
}

function jobs(): Document[] {
  const job = (n: number, more: Document) => ({ _id: id(IDS.jobs, n), created_on: at(8 + n), status: 'PASS', ...more });
  return [
    job(0, { ...RC4, git_commit: COMMITS.a, git_url: URL, git_describe: 'v5.12-rc4', git_describe_v: 'v5.12-rc4' }),
    job(1, { ...RC3, git_commit: COMMITS.b, git_url: 'git://git.kernel.org/linux.git', git_describe: 'v5.12-rc3' }),
    job(2, { ...ARM, git_commit: COMMITS.a, git_url: 'ssh://git@example.org/linux.git' }),
    job(3, { job: 'arm64', git_branch: 'new', kernel: 'v5.12', git_commit: null, status: 'BUILD' }),
    job(4, { job: 'next', kernel: 'next-20150805', git_branch: 'local/master', git_commit: COMMITS.c }),
    job(5, { ...RC5, git_commit: 'not a hash' }),
  ];
}

function builds(): Document[] {
  const common = {
    arch: 'arm64',
    defconfig: 'defconfig',
    defconfig_full: 'defconfig',
    build_environment: 'gcc-8',
    git_commit: COMMITS.a,
    status: 'PASS',
    build_time: 10.5,
  };
  const build = (n: number, more: Document) => ({
    _id: id(IDS.builds, n),
    created_on: at(9),
    ...common,
    ...RC4,
    ...more,
  });
  return [
    // Several of one millisecond.
    build(0, { git_describe_v: 'v5.12-rc4', file_server_resource: '/mainline/rc4//arm64/', kernel_image: 'Image' }),
    build(1, { build_environment: 'clang-11', build_time: 7 }),
    build(2, { arch: 'arm', status: 'FAIL', kernel_image: null, errors: 1 }),
    build(3, { defconfig_full: 'defconfig+x', created_on: at(9, 1), build_time: Long.fromNumber(33) }),
    build(4, { arch: 'riscv', created_on: at(10), status: 'UNKNOWN' }),
    build(5, { arch: 'x86_64', created_on: null }),
    build(6, { arch: 'mips', created_on: new Date(8.64e15), status: 'BUILD' }),
    // Its job says the commit.
    build(7, { arch: 'arc', git_commit: null, created_on: at(11) }),
    build(8, { ...RC3, git_commit: COMMITS.b, created_on: at(7) }),
    build(9, { ...ARM, created_on: at(12), arch: 'ARM64!' }),
    // Its job is gone.
    build(10, { ...GONE, git_commit: COMMITS.d, created_on: at(6) }),
    // Nothing says the commit.
    build(11, { ...GONE, kernel: 'v4.0', git_commit: null }),
    build(12, { ...RC3, git_commit: COMMITS.b, arch: 'i386', created_on: at(7) }),
    build(13, {
      job: 'next',
      kernel: 'next-20150805',
      git_branch: 'local/master',
      git_commit: COMMITS.c,
      created_on: new Date('2015-08-05T10:00:00Z'),
      arch: 'arm',
      file_server_resource: '/next/next-20150805/arm/',
    }),
  ];
}

function groups(): Document[] {
  const natural = { arch: 'arm64', defconfig: 'defconfig', defconfig_full: 'defconfig', build_environment: 'gcc-8' };
  const place = { device_type: 'rk3399', lab_name: 'lab-a' };
  const group = (n: number, name: string, more: Document) => ({
    _id: id(IDS.groups, n),
    name,
    created_on: at(13),
    parent_id: null,
    build_id: null,
    sub_groups: [],
    test_cases: [],
    version: '1.1',
    ...natural,
    ...RC4,
    ...more,
  });
  const [g, c, b] = [IDS.groups, IDS.cases, IDS.builds];
  return [
    group(0, 'baseline', {
      ...place,
      build_id: id(b, 0),
      mach: 'rockchip',
      initrd: 'https://storage.example.org/rootfs',
      board_instance: 7,
      plan_variant: 'baseline-nfs',
      boot_log: 'boot.txt',
      boot_log_html: null,
      file_server_resource: 'mainline/rc4/arm64',
      sub_groups: [id(g, 1), id(g, 1), id(g, 0)],
      test_cases: [id(c, 0), id(c, 0), id(c, 1)],
    }),
    group(1, 'dmesg', { parent_id: id(g, 0), build_id: id(b, 0), sub_groups: [id(g, 2)], ...place }),
    // A set of tests knows neither its build nor the board.
    group(2, 'set', { parent_id: id(g, 1), device_type: 'rk3399', lab_name: 'lab-a' }),
    // A plan whose place was taken by a group within it.
    group(3, 'ltp', { parent_id: id(g, 3), build_id: id(b, 1), sub_groups: [id(g, 3)], build_environment: 'clang-11' }),
    // Two that lie in each other.
    group(4, 'one', { parent_id: id(g, 5), build_id: id(b, 3), sub_groups: [id(g, 5)] }),
    group(5, 'two', { parent_id: id(g, 4), sub_groups: [id(g, 4)], build_id: null }),
    // Posted, before its build was imported: arm, which is the build 2.
    group(6, 'v4l2', { arch: 'arm', version: '1.0', sub_groups: [id(g, 7)], device_type: 'qemu', lab_name: 'lab-b' }),
    group(7, 'ioctls', { arch: 'arm', version: '1.0', parent_id: id(g, 6) }),
    group(8, 'v4l2', { arch: 'riscv', version: '1.0', parent_id: id(g, 8), sub_groups: [id(g, 8)] }),
    // On a build that is gone.
    group(9, 'sleep', { build_id: IDS.missing, ...GONE }),
    // On a build that nobody knows.
    group(10, 'lost', { arch: 'sparc', version: '1.0' }),
    group(11, 'old', { build_id: id(b, 12), ...RC3, arch: 'i386', board: 'minnow', device_type: null }),
  ];
}

function cases(): Document[] {
  const one = (n: number, group: ObjectId, more: Document) => ({
    _id: id(IDS.cases, n),
    name: `case-${n}`,
    test_group_id: group,
    created_on: at(14, n % 3),
    status: 'PASS',
    measurements: [],
    log_lines: [],
    time: new Date(0),
    ...more,
  });
  const g = IDS.groups;
  const named = (path: string) => ({ test_case_path: path, plan: path.split('.')[0], ...RC4 });
  return [
    one(0, id(g, 0), { ...named('baseline.login'), name: 'login', status: 'UNKNOWN', index: 1 }),
    one(1, id(g, 0), {
      ...named('baseline.speed'),
      measurements: [
        { value: 1.5, unit: 'MB/s' },
        { value: 2, unit: 's' },
      ],
    }),
    one(2, id(g, 1), {
      ...named('baseline.dmesg.alert'),
      status: 'FAIL',
      log_lines: [{ dt: 't', lvl: 'x', msg: 'Oops\0' }],
    }),
    // Without what older documents lack.
    one(3, id(g, 2), { name: 'a+b c', status: 'ERROR', time: -1 }),
    one(4, id(g, 3), { status: 'SKIP', time: new Date(2500) }),
    one(5, id(g, 4), {}),
    one(6, id(g, 5), { created_on: null }),
    one(7, id(g, 6), { ...named('v4l2.mmap+userptr.v2'), status: 'STRANGE' }),
    one(8, id(g, 7), { status: null }),
    one(9, id(g, 8), {}),
    one(10, id(g, 9), {}),
    one(11, id(g, 10), {}),
    one(12, IDS.missing, {}),
    one(13, id(g, 11), { created_on: new Date(-1e15) }),
    ...Array.from({ length: 20 }, (_, n) => one(14 + n, id(g, n % 3), { created_on: at(15) })),
    one(34, id(g, 1), { ...named('baseline.dmesg.crit'), status: 'FAIL', regression_id: id(IDS.regressions, 2) }),
    one(35, id(g, 11), { status: 'FAIL', regression_id: id(IDS.regressions, 0) }),
    one(36, id(g, 1), { status: 'FAIL', regression_id: id(IDS.regressions, 1) }),
    one(37, id(g, 0), { status: 'FAIL', regression_id: id(IDS.regressions, 3) }),
  ];
}

/** One regression in three documents, and one whose first document is gone. */
function regressions(): Document[] {
  const run = (test: number, build: number, status: string, at: Document) => ({
    test_case_id: id(IDS.cases, test),
    build_id: build < 0 ? null : id(IDS.builds, build),
    status,
    kernel: at.kernel,
    git_commit: COMMITS.b,
  });
  const common = {
    build_environment: 'gcc-8',
    defconfig_full: 'defconfig',
    device_type: 'rk3399',
    lab_name: 'lab-a',
    plan: 'baseline',
    version: null,
  };
  const RC1 = { ...RC3, kernel: 'v5.12-rc1' };
  const RC2 = { ...RC3, kernel: 'v5.12-rc2' };
  const runs = [run(12, 8, 'PASS', RC1), run(35, -1, 'FAIL', RC2), run(36, 12, 'FAIL', RC3), run(34, 0, 'FAIL', RC4)];
  const document = (n: number, at: Document, path: string, list: readonly Document[]) => ({
    _id: id(IDS.regressions, n),
    created_on: new Date(`2021-03-${24 + n}T10:00:00Z`),
    test_case_path: path,
    ...common,
    ...at,
    regressions: list,
  });
  return [
    document(0, RC2, 'baseline.dmesg.crit', runs.slice(0, 2)),
    document(1, RC3, 'baseline.dmesg.crit', runs.slice(0, 3)),
    document(2, RC4, 'baseline.dmesg.crit', runs),
    document(3, RC4, 'baseline.login', [run(12, 8, 'PASS', RC1), run(13, -1, 'FAIL', RC3), run(37, 0, 'FAIL', RC4)]),
  ];
}

function boots(): Document[] {
  const boot = (n: number, more: Document) => ({
    _id: id(IDS.boots, n),
    board: 'panda',
    lab_name: 'lab-c',
    arch: 'arm64',
    defconfig: 'defconfig',
    defconfig_full: 'defconfig',
    build_environment: 'gcc-8',
    created_on: at(14, n % 2),
    status: 'PASS',
    time: new Date(21_340),
    ...RC4,
    ...more,
  });
  return [
    boot(0, {
      build_id: id(IDS.builds, 0),
      device_type: 'omap4-panda',
      boot_log: 'boot.txt',
      file_server_resource: 'x',
    }),
    // It does not say in which folder its log lies: that of its build.
    boot(1, {
      ...{ defconfig_id: id(IDS.builds, 13), job: 'next', kernel: 'next-20150805' },
      ...{ status: 'OFFLINE', time: -1, boot_log: 'boot.txt' },
    }),
    boot(2, { build_id: IDS.missing, status: 'UNTRIED', ...GONE }),
    boot(3, { status: 'UNKNOWN', build_environment: 'clang-11' }),
  ];
}
