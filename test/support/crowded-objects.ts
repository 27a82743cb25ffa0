import type { StoredObject } from '../../adapters/contract/adapter.ts';
import type { Build, Checkout, Incident, Issue, Status, Test } from '../../adapters/contract/model.ts';
import { Random } from './random.ts';

/** What the objects are drawn from: few values each, so that ties, shared parents and missing ones are everywhere. */
export const VALUES = {
  origins: ['alder', 'birch', 'cedar'],
  statuses: ['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP'] satisfies readonly Status[],
  times: Array.from(
    { length: 12 },
    (_, i) => `2026-01-${String(10 + (i >> 1)).padStart(2, '0')}T10:00:00.00000${i % 2}Z`,
  ),
  hashes: ['a', 'b', 'c'].map((digit) => `${digit}0123456789`.padEnd(40, digit)),
  patchsets: ['', 'd'.repeat(64)],
  trees: ['mainline', 'next', 'x'.repeat(300)],
  branches: ['master', 'for-next'],
  repositories: [
    'https://git.example.org/linux',
    'https://git.example.org/linux.git/',
    'https://git.kernel.org/pub/linux.git',
  ],
  architectures: ['arm64', 'riscv'],
  compilers: ['gcc-14', 'clang-20'],
  configs: ['defconfig', 'allnoconfig'],
  paths: ['', 'boot', 'boot.nfs', 'ltp', 'ltp-commands', 'ltp.syscalls', 'ltp.syscalls.open01', 'ltp.syscalls.open010'],
  platforms: ['board-1', 'board-2'],
  compatibles: ['acme,one', 'acme,two', 'z'.repeat(260)],
  tags: ['v6.1', 'v6.2-rc1'],
  categories: ['boot.hang', 'net'],
  reports: ['https://bugs.example.org/1', 'https://bugs.example.org/2'],
  messages: ['one@example.org', '<two@example.org>', '<three@example.org>', 'three@example.org'],
} as const;

/** Characters whose order in UTF-8 and in UTF-16 differs, and some that mean something to SQL or to a key. */
const ODD = ['', '\u{1f600}', '\uffee', "'", '@', '+', ' ', '%', 'Z', 'a'];

/** A whole small source: dangling parents, parents of another origin, several versions of issues, and no two ids alike. */
export function crowdedObjects(seed: number, size: number): readonly StoredObject[] {
  const random = new Random(seed);
  const maybe = <T>(make: () => T): T | null => (random.chance(0.25) ? null : make());
  const from = <T>(list: readonly T[]) => maybe(() => random.pick(list));
  const id = (kind: string, n: number) => `${random.pick(VALUES.origins)}:${kind}${random.pick(ODD)}${n}`;
  const common = (kind: string, n: number) => ({
    id: id(kind, n),
    origin: random.pick(VALUES.origins),
    timestamp: null,
    misc: maybe(() => ({ n, lab: random.pick(['one', 'two']), list: [] })),
  });
  const log = { logUrl: null, logExcerpt: null };
  const files = () => maybe(() => [{ name: 'log', url: 'https://files.example.org/log' }]);
  const checkouts = Array.from(
    { length: size / 10 },
    (_, n): Checkout => ({
      ...common('c', n),
      ...log,
      treeName: from(VALUES.trees),
      gitRepositoryUrl: from(VALUES.repositories),
      gitCommitHash: from(VALUES.hashes),
      gitCommitName: from(VALUES.tags),
      gitCommitTags: maybe(() => random.some(VALUES.tags)),
      gitCommitMessage: null,
      gitRepositoryBranch: from(VALUES.branches),
      gitRepositoryBranchTip: from([true, false]),
      patchsetFiles: files(),
      patchsetHash: from(VALUES.patchsets),
      messageId: from(VALUES.messages),
      comment: null,
      startTime: from(VALUES.times),
      originBuildsFinishTime: from(VALUES.times),
      originTestsFinishTime: null,
      valid: from([true, false]),
    }),
  );
  const builds = Array.from(
    { length: size / 4 },
    (_, n): Build => ({
      ...common(random.chance(0.1) ? 'dummy_b' : 'b', n),
      ...log,
      checkoutId: random.chance(0.1) ? 'alder:never' : random.pick(checkouts).id,
      comment: null,
      startTime: from(VALUES.times),
      duration: maybe(() => random.below(8) / 2),
      architecture: from(VALUES.architectures),
      command: null,
      compiler: from(VALUES.compilers),
      inputFiles: null,
      outputFiles: files(),
      configName: from(VALUES.configs),
      configUrl: null,
      status: from(VALUES.statuses),
    }),
  );
  const tests = Array.from(
    { length: size },
    (_, n): Test => ({
      ...common('t', n),
      ...log,
      logExcerpt: from(['it hangs\n']),
      buildId: random.chance(0.1) ? 'alder:never' : random.pick(builds).id,
      environment: maybe(() => ({
        comment: from(['rack 3']),
        compatible: maybe(() => random.some(VALUES.compatibles)),
        misc: maybe(() => ({ platform: random.chance(0.1) ? 7 : random.pick(VALUES.platforms) })),
      })),
      path: from(VALUES.paths),
      comment: null,
      status: from(VALUES.statuses),
      number: maybe(() => ({ value: random.below(9) / 4 - 1, unit: from(['us']), prefix: from(['metric', 'binary']) })),
      startTime: from(VALUES.times),
      duration: maybe(() => random.below(8) / 2),
      inputFiles: null,
      outputFiles: files(),
    }),
  );
  const names = Array.from({ length: size / 20 }, (_, n) => id('i', n));
  const issues = names.flatMap((name, n) =>
    random.some([1, 2, 10, 20_240_502_101_105]).map(
      (version): Issue => ({
        ...common('i', n),
        id: name,
        version,
        misc: maybe(() => ({
          'fix-commits': [{ hash: random.pick(VALUES.hashes) }],
          cause_commit: random.pick(VALUES.hashes),
        })),
        categories: maybe(() => random.some(VALUES.categories)),
        reportUrl: from(VALUES.reports),
        reportSubject: null,
        culprit: maybe(() => ({ code: from([true, false]), tool: from([true, false]), harness: null })),
        comment: null,
      }),
    ),
  );
  const incidents = Array.from(
    { length: size / 5 },
    (_, n): Incident => ({
      ...common('n', n),
      issueId: random.chance(0.1) ? 'alder:never' : random.pick(names),
      issueVersion: random.pick([1, 2, 10, 20_240_502_101_105]),
      buildId: maybe(() => random.pick(builds).id),
      testId: maybe(() => random.pick(tests).id),
      present: from([true, false]),
      comment: null,
    }),
  );
  return [
    ...checkouts.map((object) => ({ entity: 'checkout' as const, object })),
    ...builds.map((object) => ({ entity: 'build' as const, object })),
    ...tests.map((object) => ({ entity: 'test' as const, object })),
    ...issues.map((object) => ({ entity: 'issue' as const, object })),
    ...incidents.map((object) => ({ entity: 'incident' as const, object })),
  ];
}
