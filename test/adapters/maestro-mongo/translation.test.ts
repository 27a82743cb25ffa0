import { ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { modelFaults } from '../../../adapters/kit/kcidb/faults.ts';
import { CHECKOUT, checkout, job, KBUILD, kbuild, suite, TEST, test, translate, valueAt } from './tree.ts';

type Made = ReturnType<typeof checkout>;
/** What a rule is about, the documents (the last is translated), where to look, and what must stand there. */
type Rule = readonly [rule: string, documents: readonly Made[], place: string, expected: unknown];

const below = (own: Made, ...above: readonly Made[]): readonly Made[] => [checkout(), kbuild(), ...above, own];
const inJob = (own: Made, jobs = job(), suites = suite()) => below(own, jobs, suites);
const revision = (members: object) => checkout({ 'data.kernel_revision': members });
const url = (name: string) => `https://files.example.org/${name}`;
const lava = { lava_log: url('log.txt.gz'), callback_data: url('c.json'), 'sub/dir': url('d') };
const kunit = (overrides = {}) =>
  job({
    ...{ name: 'kunit-x86_64', path: ['checkout', 'kunit-x86_64'], parent: new ObjectId(CHECKOUT) },
    ...{ 'data.runtime': 'k8s-gke', 'data.job_id': null, ...overrides },
  });

const UPDATED = new Date('2025-06-18T08:00:00Z');

const CHECKOUTS: readonly Rule[] = [
  ['id', [checkout()], 'id', `maestro:${CHECKOUT}`],
  ['origin', [checkout()], 'origin', 'maestro'],
  ['tree', [checkout()], 'treeName', 'mainline'],
  ['url', [checkout()], 'gitRepositoryUrl', 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git'],
  [
    'git:// becomes https',
    [revision({ url: 'git://git.kernel.org/x.git' })],
    'gitRepositoryUrl',
    'https://git.kernel.org/x.git',
  ],
  ['no other scheme is taken', [revision({ url: 'ssh://git@example.org/x' })], 'gitRepositoryUrl', null],
  ['commit', [checkout()], 'gitCommitHash', '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615'],
  ['commit in lower case', [revision({ commit: 'A'.repeat(40) })], 'gitCommitHash', 'a'.repeat(40)],
  ['describe', [checkout()], 'gitCommitName', 'v6.16-rc2-44-g5d1c6a0b9e3f'],
  ['branch', [checkout()], 'gitRepositoryBranch', 'master'],
  ['tags', [revision({ commit_tags: ['v6.16'] })], 'gitCommitTags', ['v6.16']],
  ['an empty list of tags stays', [revision({ commit_tags: [] })], 'gitCommitTags', []],
  ['message', [revision({ commit_message: 'one\n\ntwo' })], 'gitCommitMessage', 'one\n\ntwo'],
  ['tip of branch', [revision({ tip_of_branch: true })], 'gitRepositoryBranchTip', true],
  ['not described yet', [revision({ tree: 'next' })], 'gitCommitName', null],
  ['created', [checkout()], 'startTime', '2025-06-17T18:12:01.337000Z'],
  ['updated', [checkout({ updated: UPDATED })], 'timestamp', '2025-06-18T08:00:00.000000Z'],
  ['nothing says when it changed', [checkout()], 'timestamp', null],
  ['a patch set has no hash either', [revision({ patchset: 'b'.repeat(64) })], 'patchsetHash', ''],
  [
    'who submitted it',
    [checkout({ submitter: 'user:dev@example.org' })],
    'misc',
    { submitted_by: 'kernelci-pipeline' },
  ],
  ['valid: the code was there', [checkout()], 'valid', true],
  ['valid: it could not be checked out', [checkout({ result: 'incomplete' })], 'valid', false],
  ['valid: it is not known yet', [checkout({ result: null, state: 'running' })], 'valid', null],
  ['the id beside _id is not read', [checkout({ id: 'something' })], 'id', `maestro:${CHECKOUT}`],
  [
    'before 2023-12: revision at the top',
    [checkout({ kind: 'node', data: null, revision: { tree: 'old', version: { version: '6' } } })],
    'treeName',
    'old',
  ],
];

const BUILDS: readonly Rule[] = [
  ['id', [kbuild()], 'id', `maestro:${KBUILD}`],
  ['parent', [kbuild()], 'checkoutId', `maestro:${CHECKOUT}`],
  ['a parent as text', [kbuild({ parent: CHECKOUT })], 'checkoutId', `maestro:${CHECKOUT}`],
  ['describe', [kbuild()], 'comment', 'v6.16-rc2-44-g5d1c6a0b9e3f'],
  ['created', [kbuild()], 'startTime', '2025-06-17T18:12:01.337000Z'],
  ['arch', [kbuild()], 'architecture', 'x86_64'],
  ['an arch that KCIDB does not allow', [kbuild({ 'data.arch': 'X86-64' })], 'architecture', null],
  ['compiler', [kbuild({ 'data.compiler': 'gcc-14' })], 'compiler', 'gcc-14'],
  [
    'the whole name of the configuration',
    [kbuild({ 'data.defconfig': 'a', 'data.config_full': 'a+b' })],
    'configName',
    'a+b',
  ],
  ['configuration', [kbuild({ artifacts: { _config: url('.config') } })], 'configUrl', url('.config')],
  ['log', [kbuild({ artifacts: { build_log: url('b.gz') } })], 'logUrl', url('b.gz')],
  [
    'other artifacts',
    [kbuild({ artifacts: { build_log: url('b.gz'), _config: url('c'), 'a/b': url('f') } })],
    'outputFiles',
    [{ name: 'a_b', url: url('f') }],
  ],
  ['only artifacts with fields of their own', [kbuild({ artifacts: { build_log: url('b.gz') } })], 'outputFiles', []],
  ['no artifacts', [kbuild({ artifacts: null })], 'outputFiles', null],
  ['updated', [kbuild({ updated: UPDATED })], 'timestamp', '2025-06-18T08:00:00.000000Z'],
  ['no duration', [kbuild()], 'duration', null],
  ['no command', [kbuild()], 'command', null],
  [
    'misc',
    [
      kbuild({
        'data.platform': 'kubernetes',
        'data.runtime': 'k8s-gke',
        'data.job_id': 'kci-1',
        'data.job_context': 'gke',
        'data.kernel_type': 'bzImage',
        'data.error_code': null,
      }),
    ],
    'misc',
    {
      platform: 'kubernetes',
      runtime: 'k8s-gke',
      job_id: 'kci-1',
      job_context: 'gke',
      kernel_type: 'bzImage',
      maestro_viewer: `https://api.example.org/viewer?node_id=${KBUILD}`,
    },
  ],
  ['a lab of LAVA', [kbuild({ 'data.runtime': 'lava-here' })], 'misc.lab', 'lava-here'],
  ['a lab that pulls', [kbuild({ 'data.runtime': 'pull-labs-demo' })], 'misc.lab', 'pull-labs-demo'],
  ['docker is no lab', [kbuild({ 'data.runtime': 'docker' })], 'misc.lab', undefined],
  ['error', [kbuild({ 'data.error_code': 'submit_error', 'data.error_msg': 'no' })], 'misc.error_msg', 'no'],
  ['pass', [kbuild()], 'status', 'PASS'],
  ['fail', [kbuild({ result: 'fail' })], 'status', 'FAIL'],
  ['incomplete', [kbuild({ result: 'incomplete' })], 'status', 'ERROR'],
  ['unfinished', [kbuild({ result: null, state: 'running' })], 'status', null],
  ['skipped', [kbuild({ result: 'skip' })], 'status', null],
  ['any error', [kbuild({ result: 'pass', 'data.error_code': 'submit_error' })], 'status', 'ERROR'],
  ['an error before the result', [kbuild({ result: null, 'data.error_code': 'submit_error' })], 'status', 'ERROR'],
  ['timed out', [kbuild({ result: 'incomplete', 'data.error_code': 'node_timeout' })], 'status', 'MISS'],
  ['timed out, yet failed', [kbuild({ result: 'fail', 'data.error_code': 'node_timeout' })], 'status', 'ERROR'],
];

const status = (
  rule: string,
  result: string | null,
  code: string | null,
  expected: unknown,
  above: string | null = null,
): Rule => [
  rule,
  inJob(test({ result, 'data.error_code': code }), job({ 'data.error_code': above })),
  'status',
  expected,
];

const STATUSES: readonly Rule[] = [
  status('pass', 'pass', null, 'PASS'),
  status('fail', 'fail', null, 'FAIL'),
  status('skip', 'skip', null, 'SKIP'),
  status('unfinished, whatever the codes', null, 'Infrastructure', null, 'Infrastructure'),
  status('own Infrastructure, though passed', 'pass', 'Infrastructure', 'ERROR'),
  status('own Infrastructure, though skipped', 'skip', 'Infrastructure', 'ERROR'),
  status('own Infrastructure, failed', 'fail', 'Infrastructure', 'ERROR'),
  status("the job's Infrastructure, failed", 'fail', null, 'ERROR', 'Infrastructure'),
  status("the job's Infrastructure, incomplete", 'incomplete', null, 'ERROR', 'Infrastructure'),
  status("the job's Infrastructure, passed", 'pass', null, 'PASS', 'Infrastructure'),
  status("the job's Infrastructure, skipped", 'skip', null, 'SKIP', 'Infrastructure'),
  status("the job's Infrastructure behind an own code", 'fail', 'Test', 'FAIL', 'Infrastructure'),
  status("the job's other code says nothing", 'incomplete', null, null, 'Canceled'),
  ...['Canceled', 'LAVATimeout', 'MultinodeTimeout', 'Test'].map((code) => status(code, 'incomplete', code, 'ERROR')),
  ...['Bug', 'Configuration', 'invalid_job_params', 'Job', 'job_generation_error', 'ObjectNotPersisted'].map((code) =>
    status(code, 'incomplete', code, 'MISS'),
  ),
  ...['RequestBodyTooLarge', 'submit_error', 'Unexisting permission codename.', 'kbuild_internal_error'].map((code) =>
    status(code, 'incomplete', code, 'MISS'),
  ),
  status('incomplete without a code', 'incomplete', null, null),
  status('timed out', 'incomplete', 'node_timeout', null),
  status('a code that nobody knows', 'incomplete', 'constructor', null),
  [
    'an Infrastructure of the kbuild is not the test’s',
    [checkout(), kbuild({ 'data.error_code': 'Infrastructure' }), job(), suite(), test({ result: 'fail' })],
    'status',
    'FAIL',
  ],
];

const path = (rule: string, names: readonly string[], expected: unknown): Rule => [
  rule,
  inJob(test({ path: names })),
  'path',
  expected,
];
const fromCheckout = (rule: string, names: readonly string[], expected: unknown): Rule => [
  rule,
  [checkout(), kunit(), test({ path: names, parent: new ObjectId('6851c3d1f2a4c3d5e6f70020') })],
  'path',
  expected,
];

const PATHS: readonly Rule[] = [
  path('a job', ['checkout', 'kbuild-gcc-14-x86', 'baseline-x86'], 'boot'),
  path('below a job', ['checkout', 'kbuild-gcc-14-x86', 'baseline-x86', 'dmesg', 'alert'], 'boot.dmesg.alert'),
  path('a name that comes twice', ['checkout', 'kbuild-gcc-14-x86', 'sleep', 'sleep', 'a'], 'kernelci_sleep.a'),
  path('a suite that comes twice', ['checkout', 'k', 'kselftest-dt', 'kselftest.dt', 'a'], 'kselftest.dt.a'),
  path('no job that is known', ['checkout', 'k', 'something', 'a'], 'something.a'),
  path('what a path may not hold', ['checkout', 'k', 'baseline-x86', 'a b/ü+🐧'], 'boot.a_b____'),
  path('dots that part nothing', ['checkout', 'k', 'baseline-x86', '.a..b.', ''], 'boot.a.b'),
  path('a kbuild further down', ['checkout', 'patchset', 'kbuild-gcc-14-x86', 'baseline-x86'], 'boot'),
  path(
    'the builder’s own self-tests',
    ['checkout', 'kbuild-x', 'kbuild-x-kselftest', 'kselftest-mm'],
    'kbuild-x-kselftest.kselftest.mm',
  ),
  fromCheckout('a job of the checkout', ['checkout', 'kunit-x86_64'], 'kunit'),
  fromCheckout(
    'below it',
    ['checkout', 'kunit-x86_64', 'exec', 'example', 'x # SKIP no'],
    'kunit.exec.example.x___SKIP_no',
  ),
];

const TESTS: readonly Rule[] = [
  ['updated', inJob(test({ updated: UPDATED })), 'timestamp', '2025-06-18T08:00:00.000000Z'],
  ['the first attempt', below(job({ retry_counter: 0 })), 'misc.retry_counter', 0],
  ['another attempt', below(job({ retry_counter: 2 })), 'misc.retry_counter', 2],
  ['the attempt of its job', inJob(test({ retry_counter: 0 }), job({ retry_counter: 1 })), 'misc.retry_counter', 1],
  ['nothing says which attempt it is', below(job()), 'misc.retry_counter', undefined],
  ['id', inJob(test()), 'id', `maestro:${TEST}`],
  ['the nearest kbuild', inJob(test()), 'buildId', `maestro:${KBUILD}`],
  [
    'below a checkout: the dummy of its architecture',
    [checkout(), kunit()],
    'buildId',
    `maestro:dummy_${CHECKOUT}_x86_64`,
  ],
  [
    'below a checkout, no architecture',
    [checkout(), kunit({ 'data.arch': null })],
    'buildId',
    `maestro:dummy_${CHECKOUT}`,
  ],
  ['comment', inJob(test()), 'comment', 'alert on a-board in lava-here'],
  ['comment, nothing known', inJob(test({ 'data.platform': null, 'data.runtime': null })), 'comment', 'alert'],
  ['created', inJob(test()), 'startTime', '2025-06-17T18:12:01.337000Z'],
  ['runtime', inJob(test()), 'environment.comment', 'Runtime: lava-here'],
  ['platform', inJob(test()), 'environment.misc.platform', 'a-board'],
  [
    'measurement',
    inJob(test({ 'data.misc': { measurement: { value: 1.5, units: 'us' } } })),
    'environment.misc.measurement',
    { value: 1.5, units: 'us' },
  ],
  ['the job from above', inJob(test()), 'environment.misc.job_id', '77'],
  ['its context', inJob(test()), 'environment.misc.job_context', 'context'],
  ['its page', inJob(test()), 'environment.misc.job_url', 'https://lava.example.org/scheduler/job/77'],
  [
    'a job of its own',
    inJob(test({ 'data.job_id': 78 })),
    'environment.misc.job_url',
    'https://lava.example.org/scheduler/job/78',
  ],
  ['no job: no context either', [checkout(), kunit()], 'environment.misc', { platform: 'a-board' }],
  [
    'the kbuild’s job is not the test’s',
    [checkout(), kbuild({ 'data.job_id': 'kci-1' }), job({ 'data.job_id': null })],
    'environment.misc.job_id',
    undefined,
  ],
  [
    'artifacts from above',
    inJob(test({ artifacts: null }), job({ artifacts: lava })),
    'outputFiles',
    [
      { name: 'callback_data', url: url('c.json') },
      { name: 'sub_dir', url: url('d') },
    ],
  ],
  ['log from above', inJob(test(), job({ artifacts: lava })), 'logUrl', url('log.txt.gz')],
  [
    'own artifacts first',
    inJob(test({ artifacts: { test_log: url('own') } }), job({ artifacts: lava })),
    'logUrl',
    url('own'),
  ],
  [
    'LAVA’s log before the other',
    inJob(test({ artifacts: { test_log: url('t'), lava_log: url('l') } })),
    'logUrl',
    url('l'),
  ],
  ['the kbuild’s artifacts are not the test’s', [checkout(), kbuild({ artifacts: lava }), job()], 'outputFiles', null],
  [
    'misc',
    inJob(
      test({
        'data.test_source': 's',
        'data.test_revision': 'r',
        'data.compiler': 'gcc-14',
        'data.kernel_type': 'bzImage',
      }),
    ),
    'misc',
    {
      test_source: 's',
      test_revision: 'r',
      compiler: 'gcc-14',
      kernel_type: 'bzImage',
      arch: 'x86_64',
      runtime: 'lava-here',
      lab: 'lava-here',
      maestro_viewer: `https://api.example.org/viewer?node_id=${TEST}`,
    },
  ],
  ['no lab', [checkout(), kunit()], 'misc.lab', undefined],
  [
    'error from above',
    inJob(test({ result: 'fail' }), job({ 'data.error_code': 'Job', 'data.error_msg': 'm' })),
    'misc.error_code',
    'Job',
  ],
  [
    'its message',
    inJob(test({ result: 'fail' }), job({ 'data.error_code': 'Job', 'data.error_msg': 'm' })),
    'misc.error_msg',
    'm',
  ],
  [
    'code and message are of one node',
    inJob(
      test({ result: 'fail', 'data.error_code': 'Test' }),
      job({ 'data.error_code': 'Job', 'data.error_msg': 'm' }),
    ),
    'misc.error_msg',
    undefined,
  ],
  ['a pass shows no error', inJob(test(), job({ 'data.error_code': 'Job' })), 'misc.error_code', undefined],
  [
    'an unfinished one does',
    inJob(test({ result: null }), job({ 'data.error_code': 'Job' })),
    'misc.error_code',
    'Job',
  ],
  [
    'the kbuild’s error is not the test’s',
    [checkout(), kbuild({ 'data.error_code': 'x' }), job({ result: 'fail' })],
    'misc.error_code',
    undefined,
  ],
  ['skipped: no files', inJob(test({ result: 'skip', artifacts: lava })), 'outputFiles', null],
  ['skipped: no log', inJob(test({ result: 'skip' }), job({ artifacts: lava })), 'logUrl', null],
  ['skipped: no job', inJob(test({ result: 'skip' })), 'environment.misc', { platform: 'a-board' }],
  ['skipped: no error', inJob(test({ result: 'skip', 'data.error_code': 'Job' })), 'misc.error_code', undefined],
  [
    'skipped, but for Infrastructure: files',
    inJob(test({ result: 'skip', 'data.error_code': 'Infrastructure', artifacts: lava })),
    'logUrl',
    url('log.txt.gz'),
  ],
  ['no compatible', inJob(test()), 'environment.compatible', null],
  [
    'a process is a test',
    below(job({ kind: 'process', name: 'coverage-report-x86', path: ['checkout', 'k', 'coverage-report-x86'] })),
    'path',
    'coverage',
  ],
  ['a suite is a test', below(suite(), job()), 'path', 'boot.dmesg'],
  [
    '2022: status for state and result',
    below(job({ kind: 'node', state: undefined, result: undefined, status: 'pass' })),
    'status',
    'PASS',
  ],
  [
    '2022: pending',
    below(job({ kind: 'node', state: undefined, result: undefined, status: 'pending' })),
    'status',
    null,
  ],
];

describe.each([
  ['a checkout', CHECKOUTS],
  ['a build', BUILDS],
  ['a test', TESTS],
  ['the status of a test', STATUSES],
  ['the path of a test', PATHS],
] as const)('%s', (_, rules) => {
  it.each(rules)('%s', (_rule, documents, place, expected) => {
    const { object } = translate(documents);
    expect(valueAt(object, place)).toEqual(expected);
    if (object === null) throw new Error('The document was left out.');
    expect(
      'buildId' in object
        ? modelFaults('test', object)
        : 'checkoutId' in object
          ? modelFaults('build', object)
          : modelFaults('checkout', object),
    ).toEqual([]);
  });
});

/** What cannot be understood, whether the rest is given all the same, and what is said of it. */
const FAULTS: readonly (readonly [rule: string, documents: readonly Made[], isGiven: boolean, says: RegExp])[] = [
  ['an id that is none', [checkout({ _id: 'x' })], false, /_id/],
  ['no path', [checkout({ path: 'checkout' })], false, /path/],
  ['a kind that is not known', [checkout({ kind: 'thing' })], false, /"thing"/],
  ['a parent that is no id', [kbuild({ parent: 42 })], false, /parent/],
  ['data that is none', [kbuild({ data: 'x' })], false, /data/],
  ['data that is null', inJob(test({ data: null })), false, /data/],
  ['a checkout without a revision', [checkout({ data: {} })], false, /revision/],
  ['a kbuild without a parent', [kbuild({ parent: null })], false, /without a checkout/],
  ['a result that is not known', [kbuild({ result: 'maybe' })], true, /"maybe"/],
  ['a time out of range', [kbuild({ created: new Date(8.64e15) })], true, /time/],
  ['a time that is none', [kbuild({ created: new Date(Number.NaN) })], true, /time/],
  ['artifacts that are none', [kbuild({ artifacts: 'x' })], true, /artifacts/],
  ['an artifact at no address', [kbuild({ artifacts: { a: 'not a url' } })], true, /"a"/],
  ['a commit that is none', [revision({ commit: 'main' })], true, /"main"/],
];

describe('what cannot be understood', () => {
  it.each(FAULTS)('%s is told with the id of the node', (_rule, documents, isGiven, says) => {
    const { object, told } = translate(documents);
    expect(object !== null).toBe(isGiven);
    expect(told.map(({ code }) => code)).toEqual(['SOURCE_BAD_DATA']);
    expect(told[0]?.message).toMatch(says);
    expect(told[0]?.id).toBe(String(documents.at(-1)?._id));
  });

  it('a regression is no object, and no fault', () => {
    expect(translate([checkout({ kind: 'regression' })])).toEqual({ object: null, told: [] });
  });
});
