import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import { type Checkout, envelope } from './checkouts.ts';
import type { Kbuild } from './kbuilds.ts';

/** What a job runs: suites of tests, or tests alone. */
interface Plan {
  readonly name: string;
  readonly suites: Readonly<Record<string, readonly string[]>>;
}

const SETUP = { setup: ['login', 'kernelmsg', 'os-release'] };
const PLANS: readonly [Plan, ...Plan[]] = [
  { name: 'baseline-x86', suites: { ...SETUP, dmesg: ['crit', 'alert', 'emerg'] } },
  { name: 'baseline-nfs-arm64', suites: { ...SETUP, dmesg: ['crit', 'alert'] } },
  { name: 'kselftest-dt', suites: { ...SETUP, 'kselftest-dt': ['dt_test_unprobed_devices_sh', 'dt_test.probe soc'] } },
  { name: 'ltp-smoke', suites: { ...SETUP, 'ltp-smoke': ['fork01', 'brk01', 'time01'] } },
  { name: 'rt-tests-cyclictest', suites: { ...SETUP, cyclictest: ['t0-max-latency', 't1-max-latency'] } },
  { name: 'a-job-of-nobody', suites: { 'some suite': ['case one'] } },
];
const PLATFORMS = [
  ['acer-cbv514-1h-34uz-brya', 'lava-collabora'],
  ['bcm2711-rpi-4-b', 'lava-broonie'],
  ['kubernetes', 'k8s-gke-eu-west4'],
  ['qemu-x86', 'pull-labs-demo'],
] as const;
const ERRORS = [
  'Infrastructure',
  'Canceled',
  'Job',
  'Bug',
  'Test',
  'Configuration',
  'LAVATimeout',
  'node_timeout',
  'Unexisting permission codename.',
  null,
] as const;

/** The jobs of one build, one after the other. */
export function* jobDocuments(chance: Chance, kbuild: Kbuild): Generator<Document> {
  // The builder itself builds the self-tests: one test for each of its suites, straight below its job.
  const selfTests = { name: `${kbuild.name}-kselftest`, suites: { '': ['kselftest-dt', 'kselftest-mm'] } };
  for (const plan of [chance.of(PLANS), chance.of(PLANS), ...(chance.oneIn(6) ? [selfTests] : [])]) {
    const [platform, runtime] = chance.of(PLATFORMS);
    const time = later(kbuild.time, 3_600_000 + chance.below(3_600_000));
    const path = ['checkout', ...(kbuild.checkout.name === 'patchset' ? ['patchset'] : []), kbuild.name];
    const { arch, compiler, config } = kbuild;
    const shared = {
      kernel_revision: kbuild.checkout.revision,
      arch,
      compiler,
      config_full: config,
      defconfig: config.split('+')[0],
      kernel_type: 'image',
      platform,
      runtime,
    };
    // A job that was lost comes again: a sibling of the same name.
    const losses = chance.oneIn(10) ? 1 + chance.below(3) : 0;
    for (let retry = 0; retry <= losses; retry += 1) {
      const at = later(time, retry * 600_000);
      yield* jobTree(chance, kbuild.checkout, kbuild.id, path, plan, shared, at, retry, retry < losses);
    }
  }
}

/** What hangs from a checkout itself, without a build: KUnit. */
export function* kunitDocuments(chance: Chance, checkout: Checkout): Generator<Document> {
  const shared = {
    kernel_revision: checkout.revision,
    ...(chance.oneIn(4) ? { arch: null } : { arch: 'x86_64' }),
    compiler: null,
    config_full: null,
    defconfig: null,
    kernel_type: null,
    platform: 'kubernetes',
    runtime: 'k8s-gke-eu-west4',
  };
  const plan = {
    name: 'kunit-x86_64',
    suites: { exec: ['example_simple_test', 'example_skip_test # SKIP it should be'] },
  };
  const time = later(checkout.time, 900_000);
  yield* jobTree(chance, checkout, checkout.id, ['checkout'], plan, shared, time, 0, false);
}

function* jobTree(
  chance: Chance,
  { treeid }: Checkout,
  parent: ObjectId,
  above: readonly string[],
  plan: Plan,
  shared: Document,
  time: Date,
  retry: number,
  isLost: boolean,
): Generator<Document> {
  const id = chance.id(time);
  const path = [...above, plan.name];
  const result = isLost ? 'incomplete' : chance.of(['pass', 'pass', 'fail', 'incomplete', null]);
  const files = `https://files.kernelci.org/${plan.name}-${id.toHexString()}`;
  const logs = { lava_log: `${files}/log.txt.gz`, lava_logs: `${files}/lava-logs.yaml` };
  const nothing = { error_code: null, error_msg: null, test_source: null, test_revision: null, device: null, misc: {} };
  yield {
    ...envelope(chance, id, time, treeid),
    kind: plan.name.startsWith('coverage') ? 'process' : 'job',
    name: plan.name,
    path,
    group: plan.name,
    parent,
    state: result === null ? chance.of(['running', 'available', 'closing']) : 'done',
    result,
    artifacts: plan.name.startsWith('kunit') ? { test_log: `${files}/test_log` } : chance.oneIn(8) ? {} : logs,
    data: {
      ...nothing,
      ...shared,
      ...(result === 'incomplete' ? { error_code: chance.of(ERRORS), error_msg: 'Connection closed' } : {}),
      device: `${String(shared.platform)}-cbg-${chance.below(4)}`,
      job_id: String(18_000_000 + chance.below(900_000)),
      job_context: null,
    },
    retry_counter: retry,
  };
  if (isLost || result === null || (result === 'incomplete' && chance.oneIn(2))) return;
  const end = later(time, 900_000);
  const data = { ...nothing, ...shared, job_id: null, job_context: null };
  const node = (own: ObjectId): Document => ({
    ...envelope(chance, own, end, treeid),
    group: plan.name,
    state: 'done',
    artifacts: chance.oneIn(3) ? null : {},
    data,
    retry_counter: 0,
  });
  for (const [suite, tests] of Object.entries(plan.suites)) {
    const suiteId = suite === '' ? id : chance.id(end);
    const suitePath = suite === '' ? path : [...path, suite];
    if (suite !== '') yield { ...node(suiteId), kind: 'job', name: suite, path: suitePath, parent: id, result: 'pass' };
    for (const test of tests) {
      const status = test.includes('# SKIP')
        ? 'skip'
        : chance.of(['pass', 'pass', 'pass', 'fail', 'skip', 'incomplete']);
      const measured = chance.oneIn(6) ? { misc: { measurement: { value: chance.below(400) / 8, units: 'us' } } } : {};
      const broken = status === 'incomplete' ? { error_code: chance.of(ERRORS) } : {};
      yield {
        ...node(chance.id(end)),
        kind: 'test',
        name: test,
        path: [...suitePath, test],
        parent: suiteId,
        result: status,
        data: { ...data, ...measured, ...broken },
      };
    }
  }
}
