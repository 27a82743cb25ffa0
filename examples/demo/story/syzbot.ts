import { createHash } from 'node:crypto';
import type { DashboardBug, ShownCommit, ShownCrash } from '../../upstreams/syzbot/bug.ts';
import { type Commit, DAY, HOUR, later, type Timeline } from './timeline.ts';

const OTHERS = [
  'KASAN: slab-use-after-free Read in anvil_port_close',
  'WARNING in mirror_list_add',
  'possible deadlock in lantern_flush',
  'general protection fault in quill_ioctl',
  'memory leak in harbour_probe',
];

/** What syzbot knows: it fuzzes the hang out three days after the commit, bisects it to that commit, and knows the fix. */
export function syzbotStory(timeline: Timeline): readonly DashboardBug[] {
  return [hang(timeline), ...OTHERS.map((title, place) => other(title, place, timeline))];
}

function hang(timeline: Timeline): DashboardBug {
  const { culprit, fix } = timeline;
  const found = later(culprit.time, 3 * DAY);
  return {
    namespace: 'upstream',
    group: 'fixed',
    extids: [hex('hang, reported', 20)],
    page: {
      version: 1,
      title: 'INFO: task hung in dl_bandwidth_stop',
      id: hex('hang', 40),
      status: `upstream: reported C repro on ${day(later(found, 5 * HOUR))}`,
      'first-crash': found.toISOString(),
      'last-crash': later(fix.time, -6 * HOUR).toISOString(),
      'cause-commit': shown(culprit),
      'fix-commits': [shown(fix)],
      discussions: ['https://lore.example.org/all/dl-bandwidth-hang@example.org/T/'],
      crashes: [culprit, timeline.mainline(6)].map((commit, place) =>
        crash('INFO: task hung in dl_bandwidth_stop', commit, place, true),
      ),
    },
  };
}

function other(title: string, place: number, timeline: Timeline): DashboardBug {
  const first = later(timeline.now, -(35 - 4 * place) * DAY);
  const isClosed = place === 4;
  return {
    namespace: 'upstream',
    group: isClosed ? 'invalid' : 'open',
    extids: [hex(`${title}, reported`, 20)],
    page: {
      version: 1,
      title,
      id: hex(title, 40),
      status: isClosed
        ? `auto-closed as invalid on ${day(later(timeline.now, -2 * DAY))}`
        : `upstream: reported on ${day(later(first, DAY))}`,
      'first-crash': first.toISOString(),
      'last-crash': later(first, 6 * DAY).toISOString(),
      ...(isClosed ? { 'close-time': later(timeline.now, -2 * DAY).toISOString() } : {}),
      crashes: [crash(title, timeline.mainline(30 - 4 * place), place, false)],
    },
  };
}

function crash(title: string, { tree, hash }: Commit, place: number, hasReproducer: boolean): ShownCrash {
  const report = hex(`${title} ${place}`, 14);
  return {
    title,
    ...(hasReproducer
      ? { 'syz-reproducer': `/text?tag=ReproSyz&x=${report}1`, 'c-reproducer': `/text?tag=ReproC&x=${report}2` }
      : {}),
    'kernel-config': `/text?tag=KernelConfig&x=${hex('config', 16)}`,
    'kernel-source-git': tree.repository,
    'kernel-source-commit': hash,
    'crash-report-link': `/text?tag=CrashReport&x=${report}`,
  };
}

function shown({ tree, hash, subject, time }: Commit): ShownCommit {
  return {
    title: subject,
    link: `https://git.kernel.org/torvalds/c/${hash}`,
    hash,
    repo: tree.repository,
    branch: tree.branch,
    date: time.toISOString(),
  };
}

function hex(of: string, digits: number): string {
  return createHash('sha256').update(`the demo's ${of}`).digest('hex').slice(0, digits);
}

/** As the status texts have it: `2026/02/01 10:00`. */
function day(time: Date): string {
  return time.toISOString().slice(0, 16).replaceAll('-', '/').replace('T', ' ');
}
