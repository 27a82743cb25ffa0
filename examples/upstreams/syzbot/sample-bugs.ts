import { type DashboardBug, NO_TIME, type ShownCommit, type ShownCrash } from './bug.ts';

/** The commit that the sample documents of other systems have tested too. */
export const SHARED_COMMIT = '5e1f0a7c2b9d4c3866a1d0f2e4b7c98d31f05a62';
export const FIXING_COMMIT = 'f1a2b3c4d5e60718293a4b5c6d7e8f9001122334';
export const CAUSING_COMMIT = 'ca05e0c0117004000000000000000000000000c5';

const TORVALDS = 'git://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git';
const OTHER_COMMIT = '0badc0de0badc0de0badc0de0badc0de0badc0de';
const SYZKALLER = '7777777777777777777777777777777777777777';

function crash(title: string, report: string, more: Partial<ShownCrash> = {}): ShownCrash {
  return {
    title,
    'kernel-config': '/text?tag=KernelConfig&x=c0f16c0f16c0f161',
    'kernel-source-git': TORVALDS,
    'kernel-source-commit': SHARED_COMMIT,
    'syzkaller-git': `https://github.com/google/syzkaller/commits/${SYZKALLER}`,
    'syzkaller-commit': SYZKALLER,
    'crash-report-link': `/text?tag=CrashReport&x=${report}`,
    ...more,
  };
}

const fix: ShownCommit = {
  title: 'net: hold the invented lock while the list is walked',
  link: `https://git.kernel.org/torvalds/c/${FIXING_COMMIT}`,
  hash: FIXING_COMMIT,
  repo: TORVALDS,
  branch: 'master',
  author: 'dev@example.org',
  'author-name': 'A Developer',
  date: '2026-01-20T10:00:00Z',
};

/** One bug for each thing that the dashboard is known to do; all of it is invented. */
export const SAMPLE_BUGS: readonly DashboardBug[] = [
  {
    namespace: 'upstream',
    group: 'open',
    extids: ['0a0a0a0a0a0a0a0a0a0a', '1a1a1a1a1a1a1a1a1a1a'],
    page: {
      version: 1,
      title: 'KASAN: use-after-free Read in invented_walk <list> & more (2)',
      id: 'a1'.repeat(20),
      status: 'upstream: reported C repro on 2026/01/14 08:00',
      'first-crash': '2026-01-12T06:30:00.5Z',
      'last-crash': '2026-01-15T09:00:00Z',
      'cause-commit': {
        title: 'net: walk the invented list',
        hash: CAUSING_COMMIT,
        repo: TORVALDS,
        date: '2025-12-01T00:00:00Z',
      },
      discussions: ['https://lore.kernel.org/all/invented-1@example.org/T/'],
      crashes: [
        crash('KASAN: use-after-free Read in invented_walk', 'a10001', {
          'syz-reproducer': '/text?tag=ReproSyz&x=a1000a',
          'c-reproducer': '/text?tag=ReproC&x=a1000c',
          'repro-opts': '{"threaded":true,"procs":5}',
        }),
        crash('KASAN: use-after-free Read in invented_walk', 'a10002', { 'kernel-source-commit': OTHER_COMMIT }),
        crash('KASAN: use-after-free Write in invented_add', 'a10003', {
          'kernel-config': '/text?tag=KernelConfig&x=c0f16c0f16c0f162',
          'kernel-source-commit': OTHER_COMMIT,
          'kernel-source-git': `https://git.kernel.org/pub/scm/linux/kernel/git/bpf/bpf-next.git/log/?id=${OTHER_COMMIT}`,
        }),
      ],
    },
  },
  {
    namespace: 'upstream',
    group: 'open',
    extids: ['2a2a2a2a2a2a2a2a2a2a'],
    page: {
      version: 1,
      title: 'upstream build error (31)',
      id: 'b2'.repeat(20),
      status: 'upstream: reported on 2026/01/13 01:00',
      'first-crash': '2026-01-13T00:30:00Z',
      'last-crash': '2026-01-13T00:31:00Z',
      crashes: [
        crash('upstream build error', 'b20001', { 'kernel-config': '/text?tag=KernelConfig&x=c0f16c0f16c0f163' }),
      ],
    },
  },
  {
    namespace: 'upstream',
    group: 'open',
    extids: ['3a3a3a3a3a3a3a3a3a3a'],
    page: {
      version: 1,
      title: 'WARNING in invented_probe',
      id: 'c3'.repeat(20),
      status: 'moderation: no report on 2026/01/11 01:00',
      'first-crash': '2026-01-11T00:00:00Z',
      'last-crash': '2026-01-11T00:00:00Z',
      // Of old crashes not even the kernel is known any more.
      crashes: [{ title: 'WARNING in invented_probe' }, crash('WARNING in invented_probe', 'c30002')],
    },
  },
  {
    namespace: 'upstream',
    group: 'open',
    extids: ['4a4a4a4a4a4a4a4a4a4a'],
    page: {
      version: 1,
      title: 'INFO: rcu detected stall in corrupted (12)',
      id: 'd4'.repeat(20),
      status: 'no crashes yet',
      'first-crash': '2026-01-10T00:00:00Z',
      'last-crash': NO_TIME,
    },
  },
  {
    namespace: 'upstream',
    group: 'fixed',
    extids: ['5a5a5a5a5a5a5a5a5a5a'],
    page: {
      version: 1,
      title: 'KMSAN: uninit-value in invented_sum',
      id: 'e5'.repeat(20),
      status: 'upstream: reported syz repro on 2026/01/02 01:00',
      'first-crash': '2026-01-01T00:00:00Z',
      'last-crash': '2026-01-09T00:00:00Z',
      'fix-time': '2026-01-21T00:00:00Z',
      'fix-commits': [{ title: 'lib: set the invented sum first', repo: TORVALDS, branch: 'master' }],
      crashes: [crash('KMSAN: uninit-value in invented_sum', 'e50001')],
    },
  },
  {
    namespace: 'upstream',
    group: 'fixed',
    extids: [],
    page: {
      version: 1,
      title: 'possible deadlock in invented_flush',
      id: 'f6'.repeat(20),
      status: 'fixed on 2026/01/28 00:00',
      'first-crash': '2025-12-20T00:00:00Z',
      'last-crash': '2025-12-24T00:00:00Z',
      'fix-time': '2026-01-22T00:00:00Z',
      'close-time': '2026-01-28T00:00:00Z',
      'fix-commits': [fix],
      crashes: [crash('possible deadlock in invented_flush', 'f60001')],
    },
  },
  {
    namespace: 'upstream',
    group: 'invalid',
    extids: ['6a6a6a6a6a6a6a6a6a6a'],
    page: {
      version: 1,
      title: 'INFO: task hung in invented_ioctl (9)',
      id: '07'.repeat(20),
      status: 'auto-obsoleted due to no activity on 2026/01/30 00:00',
      'first-crash': '2025-10-01T00:00:00Z',
      'last-crash': '2025-10-02T00:00:00Z',
      'close-time': '2026-01-30T00:00:00Z',
      crashes: [crash('INFO: task hung in invented_ioctl', '070001')],
    },
  },
  {
    namespace: 'upstream',
    group: null,
    extids: ['7a7a7a7a7a7a7a7a7a7a'],
    page: {
      version: 1,
      title: 'BUG: corrupted list in invented_walk',
      id: '18'.repeat(20),
      status: 'closed as dup on 2026/01/16 00:00',
      'first-crash': '2026-01-12T07:00:00Z',
      'last-crash': '2026-01-12T07:00:00Z',
      'close-time': '2026-01-16T00:00:00Z',
      crashes: [crash('BUG: corrupted list in invented_walk', '180001')],
    },
  },
  {
    namespace: 'upstream',
    group: 'open',
    extids: ['8a8a8a8a8a8a8a8a8a8a'],
    isHidden: true,
    page: {
      version: 1,
      title: 'KASAN: something that is not for the public yet',
      id: '29'.repeat(20),
      status: 'moderation: reported on 2026/01/16 00:00',
      'first-crash': '2026-01-15T00:00:00Z',
      'last-crash': '2026-01-15T00:00:00Z',
    },
  },
];
