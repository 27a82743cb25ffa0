import { type Document, Long, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { Ids } from '../../../adapters/kernelci-mongo/ids.ts';
import { translateBuild } from '../../../adapters/kernelci-mongo/translate-build.ts';
import { type JobRecord, translateCheckout } from '../../../adapters/kernelci-mongo/translate-checkout.ts';
import { regressionOf, translateIncident, translateIssue } from '../../../adapters/kernelci-mongo/translate-issue.ts';
import { translateBoot, translateTest } from '../../../adapters/kernelci-mongo/translate-test.ts';
import { modelFaults } from '../../../adapters/kit/kcidb/faults.ts';

const ids = new Ids({ origin: 'kernelci', namespace: 'kernelci.org' });
const storage = 'https://storage.kernelci.org/';
const HEX = '605a3c12c2d1e4b7a90f1b01';
const OTHER = '605a3c12c2d1e4b7a90f1b02';
const COMMIT = 'ab'.repeat(20);
const ROOT = 'https://storage.kernelci.org/next/arm64';
const FILES = { file_server_resource: 'next/arm64' };

/** A rule: its name, the document, the field of the model, the value. */
type Rule = readonly [name: string, document: Document, field: string, value: unknown];

function valueAt(object: object, path: string): unknown {
  return path
    .split('/')
    .reduce<unknown>((value, key) => (value === null ? null : Reflect.get(Object(value), key)), object);
}

const checkoutOf = (firstBuild: Document | null, jobs: readonly Partial<JobRecord>[] = []) =>
  translateCheckout(
    {
      commit: COMMIT,
      firstBuild,
      jobs: jobs.map((job) => ({
        ...{ hex: HEX, job: 'next', git_branch: 'master', kernel: 'v6', created: null, url: null, describe: null },
        status: null,
        ...job,
      })),
    },
    ids,
  );

const CHECKOUT: readonly Rule[] = [
  ['id: the commit, under the origin of nobody', {}, 'id', `_:kernelci:${COMMIT}`],
  ['origin', {}, 'origin', 'kernelci'],
  ['git_url', { git_url: 'https://example.org/linux.git' }, 'gitRepositoryUrl', 'https://example.org/linux.git'],
  [
    'git_url: git:// is served by https too',
    { git_url: 'git://example.org/x.git' },
    'gitRepositoryUrl',
    'https://example.org/x.git',
  ],
  [
    'git_url: what was said is kept',
    { git_url: 'git://example.org/x' },
    'misc/kernelci_git_url',
    'git://example.org/x',
  ],
  [
    'git_url: http of kernel.org',
    { git_url: 'http://git.kernel.org/x.git' },
    'gitRepositoryUrl',
    'https://git.kernel.org/x.git',
  ],
  ['git_url: ssh has no address that KCIDB takes', { git_url: 'ssh://git@example.org/x' }, 'gitRepositoryUrl', null],
  ['git_commit', {}, 'gitCommitHash', COMMIT],
  ['git_describe_v', { git_describe_v: 'v6.1-1-gab', git_describe: 'next-1' }, 'gitCommitName', 'v6.1-1-gab'],
  ['git_describe, where documents are older', { git_describe: 'next-1' }, 'gitCommitName', 'next-1'],
  ['git_branch', { git_branch: 'local/master' }, 'gitRepositoryBranch', 'local/master'],
  ['created_on of the first build', { created_on: new Date(1.6e12) }, 'startTime', '2020-09-13T12:26:40.000000Z'],
  ['valid', {}, 'valid', true],
  ['no patches', {}, 'patchsetHash', ''],
  ['nothing of timestamps', {}, 'timestamp', null],
];

const buildOf = (document: Document, errorLog: Document | null = null) =>
  translateBuild(
    { _id: new ObjectId(HEX), ...document },
    { ids, storage, commit: COMMIT, errorLog, call: { warn: () => {} } },
  );

const BUILD: readonly Rule[] = [
  ['id', {}, 'id', `kernelci:kernelci.org:${HEX}`],
  ['checkout', {}, 'checkoutId', `_:kernelci:${COMMIT}`],
  ['status PASS', { status: 'PASS' }, 'status', 'PASS'],
  ['status FAIL', { status: 'FAIL' }, 'status', 'FAIL'],
  ['status UNKNOWN is none', { status: 'UNKNOWN' }, 'status', null],
  ['status BUILD is none', { status: 'BUILD' }, 'status', null],
  ['a status that is none of ours is kept', { status: 'BUILD' }, 'misc/kernelci_status', 'BUILD'],
  ['created_on', { created_on: new Date(1.6e12 + 771) }, 'startTime', '2020-09-13T12:26:40.771000Z'],
  ['created_on that no calendar holds', { created_on: new Date(Number.NaN) }, 'startTime', null],
  ['build_time, double', { build_time: 412.64 }, 'duration', 412.64],
  ['build_time, int64', { build_time: Long.fromNumber(97) }, 'duration', 97],
  ['build_time, unknown', { build_time: -1 }, 'duration', null],
  ['git_describe_v', { git_describe_v: 'v5.12' }, 'comment', 'v5.12'],
  ['no git_describe_v in old documents', {}, 'comment', null],
  ['arch', { arch: 'x86' }, 'architecture', 'x86'],
  ['arch that KCIDB does not take', { arch: 'ARM 64' }, 'architecture', null],
  ['compiler_version_full', { compiler_version_full: 'gcc 8' }, 'compiler', 'gcc 8'],
  ['compiler_version_ext is the same', { compiler_version_ext: 'gcc 8' }, 'compiler', 'gcc 8'],
  ['defconfig_full', { defconfig: 'defconfig', defconfig_full: 'defconfig+x' }, 'configName', 'defconfig+x'],
  ['kernel_config', { ...FILES, kernel_config: 'config/kernel.config' }, 'configUrl', `${ROOT}/config/kernel.config`],
  ['build_log before March 2021', { ...FILES, build_log: 'build.log' }, 'logUrl', `${ROOT}/build.log`],
  [
    'kernel_build_logs since, not the folder',
    { ...FILES, build_log: 'logs', kernel_build_logs: ['logs/k.log', 'b'] },
    'logUrl',
    `${ROOT}/logs/k.log`,
  ],
  ['no resource, no address', { build_log: 'build.log' }, 'logUrl', null],
  ['slashes of 2015', { file_server_resource: '/next//arm64/', build_log: 'build.log' }, 'logUrl', `${ROOT}/build.log`],
  [
    'signs of paths',
    { file_server_resource: 'a b+c=n', build_log: 'x#y' },
    'logUrl',
    'https://storage.kernelci.org/a%20b+c=n/x%23y',
  ],
  [
    'kernel_image',
    { ...FILES, kernel_image: 'Image' },
    'outputFiles',
    [{ name: 'kernel_image', url: `${ROOT}/Image` }],
  ],
  ['modules', { ...FILES, modules: 'm.tar.xz' }, 'outputFiles', [{ name: 'modules', url: `${ROOT}/m.tar.xz` }]],
  ['system_map', { ...FILES, system_map: 'S' }, 'outputFiles', [{ name: 'System.map', url: `${ROOT}/S` }]],
  ['no files of a build that failed', { ...FILES, kernel_image: null }, 'outputFiles', []],
  ['kernel_image_size', { kernel_image_size: Long.fromNumber(9011200) }, 'misc/kernel_image_size', 9011200],
  ['a size that is not known stays null', {}, 'misc/vmlinux_bss_size', null],
  ['vmlinux_data_size', { vmlinux_data_size: 7 }, 'misc/vmlinux_data_size', 7],
  ['build_platform, empty', { build_platform: [] }, 'misc/build_platform', []],
  [
    'kconfig_fragments, text before 2021',
    { kconfig_fragments: 'a.config' },
    'misc/kernelci_kconfig_fragments',
    ['a.config'],
  ],
  ['kconfig_fragments, list since', { kconfig_fragments: ['a', 'b'] }, 'misc/kernelci_kconfig_fragments', ['a', 'b']],
  ['errors', { errors: 0 }, 'misc/kernelci_errors', 0],
  [
    'metadata, free',
    { metadata: { at: new Date(0) } },
    'misc/kernelci_metadata',
    { at: '1970-01-01T00:00:00.000000Z' },
  ],
];

const PLAN = {
  _id: new ObjectId(OTHER),
  ...{ name: 'baseline', device_type: 'kevin', lab_name: 'lab-a', mach: 'rockchip', board_instance: 3, version: '1.1' },
  ...{
    initrd: 'https://x.org/rootfs',
    plan_variant: 'baseline-nfs',
    boot_log: 'b.txt',
    boot_log_html: 'b.html',
    ...FILES,
  },
};
const LAB = `${ROOT}/lab-a`;

const testOf = (
  document: Document,
  groups: readonly Document[] = [PLAN],
  isComplete = true,
  folder: string | null = null,
) =>
  translateTest(
    { _id: new ObjectId(HEX), name: 'login', ...document },
    { ids, storage, folder, build: OTHER, groups, isComplete, call: { warn: () => {} } },
  );

const TEST: readonly Rule[] = [
  ['id', {}, 'id', `kernelci:kernelci.org:${HEX}`],
  ['build of the group', {}, 'buildId', `kernelci:kernelci.org:${OTHER}`],
  ['test_case_path', { test_case_path: 'baseline.dmesg.crit' }, 'path', 'baseline.dmesg.crit'],
  ['path of the names, in old documents', {}, 'path', 'baseline.login'],
  ['path: what KCIDB does not take', { test_case_path: 'v4l2.mmap+userptr.v2 x' }, 'path', 'v4l2.mmap_userptr.v2_x'],
  ['path: as it was said', { test_case_path: 'v4l2.a+b' }, 'misc/kernelci_path', 'v4l2.a+b'],
  ['status PASS', { status: 'PASS' }, 'status', 'PASS'],
  ['status FAIL', { status: 'FAIL' }, 'status', 'FAIL'],
  ['status SKIP', { status: 'SKIP' }, 'status', 'SKIP'],
  ['status ERROR', { status: 'ERROR' }, 'status', 'ERROR'],
  ['status UNKNOWN is SKIP', { status: 'UNKNOWN' }, 'status', 'SKIP'],
  ['the status as it was', { status: 'UNKNOWN' }, 'misc/kernelci_status', 'UNKNOWN'],
  ['created_on', { created_on: new Date(1.6e12) }, 'startTime', '2020-09-13T12:26:40.000000Z'],
  ['created_on, which each import sets', { created_on: new Date(1.6e12) }, 'timestamp', '2020-09-13T12:26:40.000000Z'],
  ['comment', {}, 'comment', 'baseline on kevin in lab-a'],
  ['environment', {}, 'environment/comment', 'kevin in lab-a'],
  ['device', {}, 'environment/misc/device', 'kevin'],
  ['lab', {}, 'environment/misc/lab', 'lab-a'],
  ['mach', {}, 'environment/misc/mach', 'rockchip'],
  ['rootfs_url', {}, 'environment/misc/rootfs_url', 'https://x.org/rootfs'],
  ['instance, a number', {}, 'environment/misc/instance', 3],
  ['plan', {}, 'misc/plan', 'baseline'],
  ['plan_variant', {}, 'misc/plan_variant', 'baseline-nfs'],
  ['log', {}, 'logUrl', `${LAB}/b.txt`],
  ['time as a date', { time: new Date(2500) }, 'duration', 2.5],
  ['time 0 is what the importer always writes', { time: new Date(0) }, 'duration', null],
  ['time -1 is not known', { time: -1 }, 'duration', null],
  [
    'measurements',
    { measurements: [{ value: 1.5, unit: 'MB/s' }] },
    'number',
    { value: 1.5, unit: 'MB/s', prefix: null },
  ],
  [
    'several measurements',
    { measurements: [{ value: 1 }, { value: 2 }] },
    'misc/kernelci_measurements',
    [{ value: 1 }, { value: 2 }],
  ],
  ['no measurements', { measurements: [] }, 'number', null],
  [
    'log_lines',
    { log_lines: [{ dt: 't', lvl: 'target', msg: 'one' }, { msg: 'two\0' }] },
    'logExcerpt',
    'one\ntwo\u{fffd}',
  ],
  ['no log_lines', { log_lines: [] }, 'logExcerpt', null],
  ['regression_id', { regression_id: new ObjectId(HEX) }, 'misc/kernelci_regression_id', HEX],
];

const bootOf = (document: Document) =>
  translateBoot(
    { _id: new ObjectId(HEX), ...document },
    { ids, storage, folder: 'next/of-build/', build: OTHER, call: { warn: () => {} } },
  );

const BOOT: readonly Rule[] = [
  ['id', {}, 'id', `kernelci:kernelci.org:boot:${HEX}`],
  ['path', {}, 'path', 'boot'],
  ['PASS', { status: 'PASS' }, 'status', 'PASS'],
  ['FAIL', { status: 'FAIL' }, 'status', 'FAIL'],
  ['OFFLINE', { status: 'OFFLINE' }, 'status', 'MISS'],
  ['UNTRIED', { status: 'UNTRIED' }, 'status', 'SKIP'],
  ['UNKNOWN is none', { status: 'UNKNOWN' }, 'status', null],
  ['time', { time: new Date(21_340) }, 'duration', 21.34],
  ['board, before devices had types', { board: 'panda', lab_name: 'lab-a' }, 'comment', 'boot on panda in lab-a'],
  ['log', { ...FILES, lab_name: 'lab-a', boot_log: 'b.txt' }, 'logUrl', `${LAB}/b.txt`],
  [
    'log, in the folder of the build in 2015',
    { lab_name: 'lab-a', boot_log: 'b.txt' },
    'logUrl',
    'https://storage.kernelci.org/next/of-build/lab-a/b.txt',
  ],
];

const KINDS = [
  ['checkout', CHECKOUT, (document: Document) => checkoutOf(document)],
  ['build', BUILD, (document: Document) => buildOf(document)],
  ['test', TEST, (document: Document) => testOf(document)],
  ['test', BOOT, (document: Document) => bootOf(document)],
] as const;

describe.each(KINDS)('a document becomes a %s', (entity, rules, translate) => {
  it.each(rules)('%s', (_name, document, field, value) => {
    const object = translate(document);
    expect(valueAt(object, field)).toEqual(value);
    expect(modelFaults(entity, object)).toEqual([]);
  });
});

describe('what is put together of several documents', () => {
  it('names the tree of the job that was known first, and all of them in misc', () => {
    const checkout = checkoutOf(null, [{ job: 'mainline', created: '2020-09-13T12:26:40.000000Z' }, { job: 'stable' }]);
    expect(checkout).toMatchObject({ treeName: 'mainline', startTime: '2020-09-13T12:26:40.000000Z' });
    expect(checkout.misc?.kernelci_revisions).toHaveLength(2);
  });

  it('takes the excerpt of a build from its messages, errors in front, and cuts it', () => {
    const log = { errors: ['e\0'], warnings: ['w'], mismatches: ['m'] };
    expect(buildOf({}, log).logExcerpt).toBe('e\u{fffd}\nw\nm');
    expect(buildOf({}, { errors: ['x'.repeat(20_000)] }).logExcerpt).toHaveLength(16_384);
    expect(buildOf({}, { errors: [], warnings: [] }).logExcerpt).toBeNull();
  });

  it('keeps the end of what a test wrote', () => {
    const lines = Array.from({ length: 3000 }, (_, n) => ({ msg: `line ${n}` }));
    const { logExcerpt } = testOf({ log_lines: lines });
    expect(logExcerpt).toHaveLength(16_384);
    expect(logExcerpt?.endsWith('line 2999')).toBe(true);
  });

  it('names the files of a run, and leaves out those that it lacks', () => {
    const names = (plan: Document) =>
      testOf({}, [{ ...PLAN, ...plan }]).outputFiles?.map(({ name, url }) => `${name} ${url}`);
    expect(names({})).toEqual([`txt ${LAB}/b.txt`, `html ${LAB}/b.html`, `lava_json ${LAB}/lava-json-kevin.json`]);
    expect(names({ boot_log: null })).toEqual([`html ${LAB}/b.html`, `lava_json ${LAB}/lava-json-kevin.json`]);
    expect(names({ boot_log: null, boot_log_html: null, version: '1.0' })).toEqual([]);
    expect(names({ file_server_resource: null })).toEqual([]);
    const { logUrl } = testOf({}, [{ ...PLAN, file_server_resource: null }], true, '/next/of-build');
    expect(logUrl).toBe('https://storage.kernelci.org/next/of-build/lab-a/b.txt');
  });

  it('takes the board from the plan, not from a set within it', () => {
    const set = { _id: new ObjectId(), name: 'set', device_type: null, mach: null, board_instance: null };
    const test = testOf({ name: 'x' }, [set, { ...PLAN, parent_id: null }]);
    expect(test).toMatchObject({ path: 'baseline.set.x', environment: { misc: { mach: 'rockchip', instance: 3 } } });
  });

  it('gives no path where a group above is missing and the document does not say it', () => {
    const set = { name: 'set', device_type: 'kevin' };
    expect(testOf({}, [set], false)).toMatchObject({ path: null, misc: { plan: 'set' } });
    expect(testOf({ plan: 'baseline', test_case_path: 'baseline.set.x' }, [set], false)).toMatchObject({
      path: 'baseline.set.x',
      misc: { plan: 'baseline' },
    });
  });

  const run = (status: string, hex: string, kernel: string) => ({
    ...{ test_case_id: new ObjectId(hex), build_id: null, status, kernel, git_commit: COMMIT },
  });
  const regression = regressionOf({
    _id: new ObjectId(HEX),
    created_on: new Date(1.6e12),
    test_case_path: 'baseline.login',
    device_type: 'kevin',
    lab_name: 'lab-a',
    regressions: [run('PASS', OTHER, 'v1'), run('FAIL', HEX, 'v2')],
  });

  it('makes an issue of a regression, and its culprit of what a bisection found', () => {
    if (regression === null) throw new Error('It tells of a failure.');
    const plain = translateIssue(regression, null, ids);
    expect(plain).toMatchObject({ id: `kernelci:regression:${HEX}`, version: 1, culprit: null, comment: null });
    expect(plain.timestamp).toBe('2020-09-13T12:26:40.000000Z');
    expect(plain.reportSubject).toBe('baseline.login on kevin in lab-a: passed with v1, fails since v2');
    const bisection = { found_summary: '0123456789ab foo: break bar', created_on: new Date(1.6e12 + 3_600_000) };
    const found = translateIssue(regression, bisection, ids);
    expect(found.timestamp).toBe('2020-09-13T13:26:40.000000Z');
    expect(found).toMatchObject({ culprit: { code: true }, comment: '0123456789ab foo: break bar' });
    expect([modelFaults('issue', plain), modelFaults('issue', found)]).toEqual([[], []]);
  });

  it('makes an incident of a failure', () => {
    const [failure] = regression?.failures ?? [];
    if (regression === null || failure === undefined) throw new Error('It tells of a failure.');
    const incident = translateIncident(regression, failure, OTHER, ids);
    expect(incident).toMatchObject({
      id: `kernelci:regression:${HEX}:${HEX}`,
      issueId: `kernelci:regression:${OTHER}`,
      testId: `kernelci:kernelci.org:${HEX}`,
      buildId: null,
      present: true,
      timestamp: '2020-09-13T12:26:40.000000Z',
    });
    expect(modelFaults('incident', incident)).toEqual([]);
  });

  it('finds no regression where nothing failed', () => {
    expect(regressionOf({ _id: new ObjectId(), regressions: [run('PASS', HEX, 'v1')] })).toBeNull();
    expect(regressionOf({ _id: new ObjectId(), regressions: null })).toBeNull();
  });
});
