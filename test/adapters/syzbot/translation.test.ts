import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { modelFaults } from '../../../adapters/kit/conformance/validate-answer.ts';
import { readBug } from '../../../adapters/syzbot/client.ts';
import { type BugObjects, translateBug } from '../../../adapters/syzbot/translate.ts';

const URL = 'https://dashboard.example';
const ID = 'ab'.repeat(20);
const COMMIT = 'cd'.repeat(20);
const EXTID = 'ef'.repeat(10);
const PAGE = {
  version: 1,
  title: 'WARNING in here (3)',
  id: ID,
  status: 'upstream: reported on 2026/01/02 03:04',
  'first-crash': '2026-01-01T00:00:00Z',
  'last-crash': '2026-01-03T00:00:00Z',
};
const CRASH = {
  title: 'WARNING in here',
  'kernel-config': '/text?tag=KernelConfig&x=c0',
  'kernel-source-git': 'git://git.kernel.org/linux.git',
  'kernel-source-commit': COMMIT,
  'crash-report-link': '/text?tag=CrashReport&x=4e',
};

function translated(change: object = {}, more: object = {}, warnings: SourceError[] = []): BugObjects {
  const bug = readBug({ ...PAGE, ...change }, 'A bug', (error) => warnings.push(error));
  return translateBug(bug, { url: URL, extid: EXTID, namespace: 'upstream', versionBefore: 0, ...more });
}
const crashed = (change: object = {}) => translated({ crashes: [{ ...CRASH, ...change }] });
const seconds = (time: string) => Date.parse(time) / 1000;
const status = (text: string, more: object = {}) => translated({ status: text, ...more }).issue.misc?.state;
const FIX = { title: 'fix it', hash: COMMIT, author: 'a@example.org', strange: 1 };

type Rule = readonly [from: string, to: string, got: () => unknown, wanted: unknown];

/** One line a rule of the table in the README, or of what it says beside. */
const RULES: readonly Rule[] = [
  ['bug `id`', 'issue `id`', () => translated().issue.id, `syzbot:${ID}`],
  [
    'bug `title`',
    'issue `reportSubject`, `comment`',
    () => [translated().issue.reportSubject, translated().issue.comment],
    ['WARNING in here (3)', 'WARNING in here (3)'],
  ],
  [
    'bug `link`',
    'issue `reportUrl`',
    () => [translated().issue.reportUrl, translated({}, { extid: null }).issue.reportUrl],
    [`${URL}/bug?extid=${EXTID}`, `${URL}/bug?id=${ID}`],
  ],
  [
    'bug `close-time`, `fix-time`, `last-crash`',
    'issue `version`',
    () => [
      translated().issue.version,
      translated({ 'fix-time': '2026-02-01T00:00:00Z' }).issue.version,
      translated({ 'fix-time': '2026-02-01T00:00:00Z', 'close-time': '2026-03-01T00:00:00.9Z' }).issue.version,
      translated({ 'last-crash': '0001-01-01T00:00:00Z' }).issue.version,
      translated({}, { versionBefore: 2_000_000_000 }).issue.version,
    ],
    [seconds('2026-01-03'), seconds('2026-02-01'), seconds('2026-03-01'), seconds('2026-01-01'), 2_000_000_000],
  ],
  [
    'bug `close-time`, `fix-time`, `last-crash`',
    'issue `timestamp`',
    () => [
      translated({ 'fix-time': '2026-02-01T00:00:00Z' }).issue.timestamp,
      translated({ 'last-crash': null, 'first-crash': null }).issue.timestamp,
    ],
    ['2026-02-01T00:00:00.000000Z', null],
  ],
  ['bug', 'issue `culprit`', () => translated().issue.culprit, { code: true, tool: null, harness: null }],
  ['bug `first-crash`', 'issue, place in lists', () => translated().time, '2026-01-01T00:00:00.000000Z'],
  [
    'bug `status`, `fix-commits`',
    'issue `misc.state`',
    () => [
      status('upstream: reported C repro on 2026/01/02 03:04'),
      status('moderation: reported on 2026/01/02 03:04'),
      status('upstream: waiting for C repro'),
      status('upstream: no crashes!'),
      status('upstream: ready to report (reported C repro on 2026/01/01 00:00)'),
      status('no crashes yet'),
      status('no reporting left'),
      status('???'),
    ],
    Array(8).fill('open'),
  ],
  [
    'bug `status`, `fix-commits`',
    'issue `misc.state`',
    () => [
      status('upstream: reported on 2026/01/02 03:04', { 'fix-commits': [{ title: 'fix' }] }),
      status('fixed on 2026/01/02 03:04', { 'fix-commits': [FIX] }),
      status('closed as invalid on 2026/01/02 03:04'),
      status('auto-closed as invalid on 2026/01/02 03:04'),
      status('obsoleted due to no activity on 2026/01/02 03:04'),
      status('auto-obsoleted due to no activity on 2026/01/02 03:04'),
      status('closed as dup on 2026/01/02 03:04'),
      status('resolved by magic'),
      status(''),
    ],
    ['fix-pending', 'fixed', 'invalid', 'invalid', 'invalid', 'invalid', 'dup', 'unknown', 'unknown'],
  ],
  ['bug `status`', 'issue `misc.status`', () => translated().issue.misc?.status, PAGE.status],
  [
    'bug `first-crash`, `last-crash`, `fix-time`, `close-time`',
    'issue `misc`',
    () => translated({ 'fix-time': '2026-01-04T01:02:03.5Z', 'close-time': '0001-01-01T00:00:00Z' }).issue.misc,
    {
      state: 'open',
      status: PAGE.status,
      namespace: 'upstream',
      extid: EXTID,
      'first-crash': '2026-01-01T00:00:00.000000Z',
      'last-crash': '2026-01-03T00:00:00.000000Z',
      'fix-time': '2026-01-04T01:02:03.500000Z',
    },
  ],
  [
    'bug `fix-commits`, `cause-commit`',
    'issue `misc`',
    () =>
      translated({
        'fix-commits': [FIX, { title: 'not found yet' }],
        'cause-commit': { title: 'cause', hash: 'AB'.repeat(20) },
      }).issue.misc,
    expect.objectContaining({
      'fix-commits': [{ title: 'fix it', hash: COMMIT, author: 'a@example.org' }, { title: 'not found yet' }],
      'cause-commit': { title: 'cause', hash: 'ab'.repeat(20) },
    }),
  ],
  [
    'bug `discussions`',
    'issue `misc.discussions`',
    () => translated({ discussions: ['https://lore.example/1'] }).issue.misc?.discussions,
    ['https://lore.example/1'],
  ],
  [
    'list',
    'issue `misc.namespace`, `misc.extid`',
    () => Object.keys(translated({}, { extid: null, namespace: null }).issue.misc ?? {}).sort(),
    ['first-crash', 'last-crash', 'state', 'status'],
  ],
  [
    'crash `kernel-source-commit`',
    'checkout `id`, `gitCommitHash`',
    () => crashed().checkouts,
    [
      expect.objectContaining({
        id: `syzbot:${COMMIT}`,
        gitCommitHash: COMMIT,
        patchsetHash: null,
        startTime: null,
        gitRepositoryBranch: null,
        gitCommitName: null,
      }),
    ],
  ],
  [
    'crash `kernel-source-git`',
    'checkout `gitRepositoryUrl`',
    () =>
      [
        'git://git.kernel.org/linux.git',
        'https://git.kernel.org/linux.git',
        `https://git.kernel.org/linux.git/log/?id=${COMMIT}`,
        `https://github.com/google/kmsan/commits/${COMMIT}`,
        `https://android.example/kernel/common/+log/${COMMIT}`,
        'http://plain.example/linux',
        'no address',
      ].map((git) => crashed({ 'kernel-source-git': git }).checkouts[0]?.gitRepositoryUrl),
    [
      'https://git.kernel.org/linux.git',
      'https://git.kernel.org/linux.git',
      'https://git.kernel.org/linux.git',
      'https://github.com/google/kmsan',
      'https://android.example/kernel/common',
      null,
      null,
    ],
  ],
  [
    'crash `kernel-source-git`',
    'checkout `gitRepositoryUrl`',
    () => [crashed().checkouts[0]?.misc, crashed({ 'kernel-source-git': 'https://a.example/b' }).checkouts[0]?.misc],
    [{ 'kernel-source-git': 'git://git.kernel.org/linux.git' }, null],
  ],
  [
    'crash `kernel-source-commit`, `kernel-config`',
    'build `id`, `checkoutId`',
    () =>
      [CRASH, { ...CRASH, 'kernel-config': '/x/.config?x=c1' }, { ...CRASH, 'kernel-config': null }, CRASH].map((one) =>
        crashed(one).builds.map(({ id, checkoutId }) => [id, checkoutId]),
      ),
    [
      [[`syzbot:${COMMIT}:c0`, `syzbot:${COMMIT}`]],
      [[`syzbot:${COMMIT}:c1`, `syzbot:${COMMIT}`]],
      [[`syzbot:${COMMIT}`, `syzbot:${COMMIT}`]],
      [[`syzbot:${COMMIT}:c0`, `syzbot:${COMMIT}`]],
    ],
  ],
  ['crash `kernel-config`', 'build `configUrl`', () => crashed().builds[0]?.configUrl, `${URL}/x/.config?x=c0`],
  [
    'crash `title`',
    'build `status`',
    () => [crashed().builds[0]?.status, crashed({ title: 'upstream build error' }).builds[0]],
    [
      'PASS',
      expect.objectContaining({
        status: 'FAIL',
        outputFiles: [{ name: 'report.txt', url: `${URL}/text?tag=CrashReport&x=4e` }],
      }),
    ],
  ],
  [
    'crash `architecture`, `compiler-description`',
    'build `architecture`, `compiler`',
    () =>
      [crashed(), crashed({ architecture: 'arm64', 'compiler-description': 'clang' })].map(({ builds }) => [
        builds[0]?.architecture,
        builds[0]?.compiler,
      ]),
    [
      [null, null],
      ['arm64', 'clang'],
    ],
  ],
  [
    'crash `crash-report-link`',
    'test `id`',
    () =>
      [crashed(), crashed({ 'crash-report-link': '/text?tag=CrashReport&id=5501' })].map(({ tests }) => tests[0]?.id),
    [`syzbot:${ID}:4e`, `syzbot:${ID}:5501`],
  ],
  [
    'crash `crash-report-link`',
    'test `id`',
    () => crashed({ 'crash-report-link': null }).tests[0]?.id,
    expect.stringMatching(new RegExp(`^syzbot:${ID}:h[0-9a-f]{16}$`)),
  ],
  [
    'crash',
    'test `path`, `status`',
    () => crashed().tests,
    [
      expect.objectContaining({
        buildId: `syzbot:${COMMIT}:c0`,
        path: 'syzkaller',
        status: 'FAIL',
        startTime: null,
        duration: null,
        environment: null,
      }),
    ],
  ],
  [
    'crash',
    'test `path`, `status`',
    () =>
      [crashed({ title: 'upstream build error' }), crashed({ 'kernel-source-commit': null })].map(
        ({ tests, checkouts }) => [tests.length, checkouts.length],
      ),
    [
      [0, 1],
      [0, 0],
    ],
  ],
  ['crash `title`', 'test `comment`', () => crashed().tests[0]?.comment, 'WARNING in here'],
  [
    'crash `crash-report-link`, `c-reproducer`, `syz-reproducer`',
    'test `outputFiles`',
    () =>
      crashed({ 'c-reproducer': '/text?tag=ReproC&x=c', 'syz-reproducer': '/text?tag=ReproSyz&x=5' }).tests[0]
        ?.outputFiles,
    [
      { name: 'report.txt', url: `${URL}/text?tag=CrashReport&x=4e` },
      { name: 'repro.c', url: `${URL}/text?tag=ReproC&x=c` },
      { name: 'repro.syz.txt', url: `${URL}/text?tag=ReproSyz&x=5` },
    ],
  ],
  [
    'crash `syzkaller-git`, `syzkaller-commit`, `repro-opts`',
    'test `misc`',
    () => [
      crashed().tests[0]?.misc,
      crashed({ 'syzkaller-git': 'https://g.example/c', 'syzkaller-commit': 'c5', 'repro-opts': '{"procs":5}' })
        .tests[0]?.misc,
      crashed({ 'repro-opts': '{half' }).tests[0]?.misc,
    ],
    [
      null,
      { 'syzkaller-git': 'https://g.example/c', 'syzkaller-commit': 'c5', 'repro-opts': { procs: 5 } },
      { 'repro-opts': '{half' },
    ],
  ],
  [
    'bug and crash',
    'incident',
    () => crashed().incidents,
    [
      expect.objectContaining({
        id: `syzbot:${ID}:4e`,
        issueId: `syzbot:${ID}`,
        issueVersion: seconds('2026-01-03'),
        testId: `syzbot:${ID}:4e`,
        buildId: null,
        present: true,
      }),
    ],
  ],
  [
    'bug and crash',
    'incident',
    () =>
      [crashed({ title: 'build error' }), crashed({ 'kernel-source-commit': null })].map(({ incidents }) => [
        incidents[0]?.testId,
        incidents[0]?.buildId,
      ]),
    [
      [null, `syzbot:${COMMIT}:c0`],
      [null, null],
    ],
  ],
];

describe('a bug’s page', () => {
  it.each(RULES)('%s becomes %s', (_from, _to, got, wanted) => {
    expect(got()).toEqual(wanted);
  });

  it('is translated as the table of the README says, line by line', () => {
    const readme = readFileSync(new globalThis.URL('../../../adapters/syzbot/README.md', import.meta.url), 'utf8');
    const lines = [...readme.matchAll(/^\| ((?:bug|crash|list)\b.*?) \| (.*?) \| .* \|$/gm)].map(
      ([, from, to]) => `${from} -> ${to}`,
    );
    expect([...new Set(RULES.map(([from, to]) => `${from} -> ${to}`))]).toEqual(lines);
  });

  it('gives objects that are valid by the rules of KCIDB 5.3, whatever is odd in it', () => {
    const odd = [
      {},
      {
        title: 7,
        status: null,
        'first-crash': 'yesterday',
        'last-crash': '2026-13-01T00:00:00Z',
        'fix-commits': 'x',
        crashes: null,
      },
      {
        crashes: [
          CRASH,
          CRASH,
          null,
          'x',
          {},
          { ...CRASH, 'kernel-config': 'javascript:alert(1)', 'crash-report-link': '//[' },
        ],
      },
      { crashes: [{ ...CRASH, 'kernel-source-commit': 'abc', title: 'x\0y', 'kernel-source-git': 'git://' }] },
      { 'close-time': '9999-12-31T23:59:59Z', 'cause-commit': [1] },
    ];
    for (const change of odd) {
      const { issue, checkouts, builds, tests, incidents } = translated(change);
      expect(modelFaults('issue', issue)).toEqual([]);
      for (const one of checkouts) expect(modelFaults('checkout', one)).toEqual([]);
      for (const one of builds) expect(modelFaults('build', one)).toEqual([]);
      for (const one of tests) expect(modelFaults('test', one)).toEqual([]);
      for (const one of incidents) expect(modelFaults('incident', one)).toEqual([]);
    }
  });

  it('tells each field that is not as it must be, quotes it, and gives the rest', () => {
    const warnings: SourceError[] = [];
    const { issue } = translated({ 'first-crash': 'yesterday', 'fix-commits': 'x'.repeat(500) }, {}, warnings);
    expect(issue.reportSubject).toBe('WARNING in here (3)');
    expect(warnings).toMatchObject([
      { code: 'SOURCE_BAD_DATA', id: `syzbot:${ID}`, message: expect.stringContaining('"first-crash" of syzbot:') },
      { code: 'SOURCE_BAD_DATA', message: expect.stringContaining('not a list but "xxx') },
    ]);
    expect(warnings.every(({ message }) => message.length < 250)).toBe(true);
  });

  it.each([
    ['no object', [], 'is no bug'],
    ['another version', { ...PAGE, version: 2 }, 'has the version 2, and only version 1 is understood'],
    ['no version', { ...PAGE, version: undefined }, 'has the version null'],
    ['no id', { ...PAGE, id: 'ab' }, 'is no bug'],
  ])('with %s is refused as a whole', (_, body, words) => {
    expect(() => readBug(JSON.parse(JSON.stringify(body)), 'The bug x', () => undefined)).toThrow(words);
  });
});
