import { createHash } from 'node:crypto';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Tree {
  readonly name: 'mainline' | 'net-next' | 'stable';
  readonly repository: string;
  readonly branch: string;
  readonly release: string;
  /** Days between two commits that are tested. */
  readonly every: number;
}

/** A commit of one of the trees, as everybody who tests it sees it. */
export interface Commit {
  readonly tree: Tree;
  /** The same at every start, whatever the day. */
  readonly hash: string;
  /** As `git describe` names it. */
  readonly name: string;
  readonly subject: string;
  readonly time: Date;
  /** In its tree, from the oldest. */
  readonly place: number;
}

const HOST = 'https://git.kernel.org/pub/scm/linux/kernel/git';
const TREES: readonly Tree[] = [
  {
    name: 'mainline',
    repository: `${HOST}/torvalds/linux.git`,
    branch: 'master',
    release: 'v6.19-rc4',
    every: 1,
  },
  { name: 'net-next', repository: `${HOST}/netdev/net-next.git`, branch: 'main', release: 'v6.19-rc3', every: 2 },
  { name: 'stable', repository: `${HOST}/stable/linux.git`, branch: 'linux-6.18.y', release: 'v6.18.9', every: 7 },
];

const SUBJECTS = [
  'mm: do not count a page twice when it moves',
  'net: close the window between bind and listen',
  'xfs: keep the log head while the log is shut down',
  'drm: wait for the panel before its backlight',
  'arm64: dts: describe the second regulator of the board',
  'KVM: reload the counters after a migration',
  'usb: give the port time to settle',
];
/** Of a series of three patches that two systems test on top of mainline. */
export const PATCHSET = createHash('sha256').update('a series of three patches').digest('hex');
/** How many days ago. */
const [WEEKS, CULPRIT, FIX] = [42, 9, 1];

/**
 * Six weeks of three trees, ending now. Nine days ago a commit went into mainline by which boards no longer come back from
 * suspend; five days ago net-next took it over; since yesterday it is mended.
 */
export class Timeline {
  readonly now: Date;
  /** The oldest first. */
  readonly commits: readonly Commit[];
  readonly culprit: Commit;
  readonly fix: Commit;
  /** What the patches under test lie on. */
  readonly patched: Commit;
  /** While it lasted, the lab with the Anvil boards was without power. */
  readonly outage: { readonly from: Date; readonly to: Date };

  constructor(now: Date) {
    this.now = now;
    this.commits = TREES.flatMap((tree) => commitsOf(tree, now)).sort((a, b) => a.time.getTime() - b.time.getTime());
    this.culprit = this.mainline(CULPRIT);
    this.fix = this.mainline(FIX);
    this.patched = this.mainline(3);
    this.outage = { from: new Date(now.getTime() - 16 * DAY), to: new Date(now.getTime() - 14 * DAY) };
  }

  /** Mainline as it stood so many days ago. */
  mainline(daysAgo: number): Commit {
    const commit = this.commits.find(({ tree, place }) => tree.name === 'mainline' && place === WEEKS - daysAgo);
    if (commit === undefined) throw new RangeError(`Nothing was committed ${daysAgo} days ago.`);
    return commit;
  }

  /** Whether boards hang in suspend with it. */
  hasRegression({ tree, time }: Commit): boolean {
    if (tree.name === 'stable' || time >= this.fix.time) return false;
    return tree.name === 'mainline' ? time >= this.culprit.time : time.getTime() > this.now.getTime() - 5 * DAY;
  }

  isOutage(time: Date): boolean {
    return time >= this.outage.from && time < this.outage.to;
  }
}

export function later(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}

function commitsOf(tree: Tree, now: Date): Commit[] {
  const commits: Commit[] = [];
  for (let daysAgo = WEEKS; daysAgo >= 1; daysAgo -= tree.every) {
    const place = WEEKS - daysAgo;
    const hash = createHash('sha1').update(`the demo's ${tree.name} ${place}`).digest('hex');
    commits.push({
      tree,
      hash,
      name: `${tree.release}-${11 + 9 * place}-g${hash.slice(0, 12)}`,
      subject: subjectOf(tree, daysAgo, place),
      time: new Date(now.getTime() - daysAgo * DAY),
      place,
    });
  }
  return commits;
}

function subjectOf({ name }: Tree, daysAgo: number, place: number): string {
  if (name === 'mainline' && daysAgo === CULPRIT) return 'sched/deadline: stop the bandwidth timer of idle CPUs';
  if (name === 'mainline' && daysAgo === FIX) return 'sched/deadline: start the bandwidth timer again on resume';
  return SUBJECTS[place % SUBJECTS.length] ?? '';
}
