import { createHash } from 'node:crypto';
import type { DashboardBug, ShownCommit, ShownCrash } from './bug.ts';

/** How many bugs, and how many crashes each has at most. */
export interface GeneratedBugs {
  readonly bugs: number;
  readonly crashes?: number;
  readonly namespace?: string;
  /** Another one gives other bugs. */
  readonly seed?: string;
  /** Kernels on which all of them crashed; one for every twenty bugs where left out. */
  readonly kernels?: number;
}

const SUBSYSTEMS = ['net', 'ext4', 'btrfs', 'usb', 'bluetooth', 'mm', 'io_uring', 'bpf', 'ntfs3', 'drm'];
const KINDS = [
  'KASAN: use-after-free Read in',
  'WARNING in',
  'possible deadlock in',
  'INFO: task hung in',
  'BUG: corrupted list in',
];
const REPOSITORY = 'git://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git';
const NEWEST = Date.UTC(2026, 7, 17, 12);
const HOUR = 3_600_000;

/** Invented bugs in all states, the same for the same words: the newest first, as their lists have them. */
export function generateBugs(wanted: GeneratedBugs): readonly DashboardBug[] {
  return Array.from({ length: wanted.bugs }, (_, number) => generateBug(wanted, number));
}

export function generateBug(wanted: GeneratedBugs, number: number): DashboardBug {
  const { namespace = 'upstream', crashes = 4, seed = '', bugs } = wanted;
  const digits = (what: string, length: number) =>
    createHash('sha256').update(`${seed} ${namespace} ${what}`).digest('hex').slice(0, length);
  const id = digits(`bug ${number}`, 40);
  const title = `${KINDS[number % KINDS.length]} ${SUBSYSTEMS[number % SUBSYSTEMS.length]}_invented_${number}`;
  const first = NEWEST - (number + 1) * HOUR;
  const kernels = Math.max(1, wanted.kernels ?? Math.ceil(bugs / 20));
  const kernelOf = (crash: number) => digits(`kernel ${(number * 7 + crash) % kernels}`, 40);
  const count = number % 11 === 10 ? 0 : 1 + ((number * 5) % crashes);
  const shown = Array.from({ length: count }, (_, crash): ShownCrash => {
    const commit = kernelOf(crash);
    return {
      title,
      ...(crash % 2 === 0 ? { 'syz-reproducer': `/text?tag=ReproSyz&x=${digits(`syz ${number} ${crash}`, 14)}` } : {}),
      'kernel-config': `/text?tag=KernelConfig&x=${digits(`config ${crash % 3}`, 16)}`,
      'kernel-source-git': REPOSITORY,
      'kernel-source-commit': commit,
      'syzkaller-git': `https://github.com/google/syzkaller/commits/${digits('syzkaller', 40)}`,
      'syzkaller-commit': digits('syzkaller', 40),
      'crash-report-link': `/text?tag=CrashReport&x=${digits(`report ${number} ${crash}`, 14)}`,
    };
  });
  const fix: ShownCommit = {
    title: `fix ${title}`,
    hash: digits(`fix ${number}`, 40),
    repo: REPOSITORY,
    branch: 'master',
    date: timeOf(first + 48 * HOUR),
  };
  const state = (STATES[number % STATES.length] ?? open)(first, fix);
  return {
    namespace,
    group: state.group,
    extids: number % 9 === 8 ? [] : [digits(`ext ${number}`, 20)],
    page: {
      version: 1,
      title,
      id,
      'first-crash': timeOf(first),
      'last-crash': timeOf(first + 3 * HOUR),
      ...state.page,
      ...(shown.length === 0 ? {} : { crashes: shown }),
    },
  };
}

type State = (
  first: number,
  fix: ShownCommit,
) => Pick<DashboardBug, 'group'> & {
  readonly page: Pick<DashboardBug['page'], 'status' | 'fix-commits' | 'fix-time' | 'close-time'>;
};

const open: State = (first) => ({ group: 'open', page: { status: `upstream: reported on ${dayOf(first + HOUR)}` } });
const fixPending: State = (first, fix) => ({
  group: 'fixed',
  page: {
    status: `upstream: reported C repro on ${dayOf(first)}`,
    'fix-time': timeOf(first + 50 * HOUR),
    'fix-commits': [fix],
  },
});
const fixed: State = (first, fix) => ({
  group: 'fixed',
  page: {
    status: `fixed on ${dayOf(first + 99 * HOUR)}`,
    'fix-time': timeOf(first + 50 * HOUR),
    'close-time': timeOf(first + 99 * HOUR),
    'fix-commits': [fix],
  },
});
const invalid: State = (first) => ({
  group: 'invalid',
  page: {
    status: `auto-obsoleted due to no activity on ${dayOf(first + 99 * HOUR)}`,
    'close-time': timeOf(first + 99 * HOUR),
  },
});
const STATES: readonly State[] = [open, fixed, open, invalid, fixPending];

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.000Z$/, 'Z');
}

/** As syzbot writes times in the text of a status. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replaceAll('-', '/').replace('T', ' ');
}
