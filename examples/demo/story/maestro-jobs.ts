import { createHash } from 'node:crypto';
import { type Commit, HOUR, later, type Timeline } from './timeline.ts';

export interface Board {
  readonly name: string;
  readonly arch: 'arm64' | 'x86_64';
  /** As Maestro names the lab that it stands in. */
  readonly lab: string;
}

export type Outcome = 'pass' | 'fail' | 'skip';

/** A job on a board. */
export interface Job {
  readonly name: string;
  readonly board: Board;
  readonly time: Date;
  /** Incomplete: the lab could not run it. */
  readonly outcome: 'done' | 'incomplete' | 'running';
  /** Its tests by name. */
  readonly tests: Readonly<Record<string, Outcome>>;
}

export const ANVIL: Board = { name: 'anvil-2', arch: 'arm64', lab: 'lava-anvil' };
export const HARBOR: Board = { name: 'harbor-7', arch: 'arm64', lab: 'lava-harbor' };
const FOUNDRY: Board = { name: 'foundry-4', arch: 'x86_64', lab: 'lava-harbor' };
const BOARDS = [ANVIL, HARBOR, FOUNDRY];

/** What runs on a build, in the order of time. Suspend comes last, and late: that lab has one board of the kind. */
export function jobsOf(arch: string, commit: Commit, timeline: Timeline): readonly Job[] {
  const jobs = BOARDS.filter((board) => board.arch === arch).flatMap((board) => [
    job(`baseline-${board.arch === 'arm64' ? 'arm64' : 'x86'}`, board, 3, { login: 'pass' }, commit, timeline),
    job('kselftest-timers', board, 4, timersOn(board, commit), commit, timeline),
    job('sleep', board, 19, { 'rtcwake-mem': suspendOn(board, commit, timeline) }, commit, timeline),
  ]);
  return jobs.sort((a, b) => a.time.getTime() - b.time.getTime());
}

function job(name: string, board: Board, hours: number, tests: Job['tests'], commit: Commit, timeline: Timeline): Job {
  const time = later(commit.time, hours * HOUR);
  // Of the newest commit one board has not answered yet.
  const isWaiting = commit === timeline.fix && board === HARBOR && name === 'sleep';
  const outcome = isWaiting ? 'running' : board === ANVIL && timeline.isOutage(time) ? 'incomplete' : 'done';
  return { name, board, time, outcome, tests: outcome === 'done' ? tests : {} };
}

/** Only one of the boards hangs. */
function suspendOn(board: Board, commit: Commit, timeline: Timeline): Outcome {
  return board === ANVIL && timeline.hasRegression(commit) ? 'fail' : 'pass';
}

/** One of the tests depends on the weather: it fails on one board in four runs, whatever the commit. */
function timersOn(board: Board, { hash }: Commit): Job['tests'] {
  const weather = createHash('sha256').update(`timers ${hash}`).digest()[0] ?? 0;
  const isUnlucky = board === ANVIL && weather % 4 === 0;
  return { posix_timers: isUnlucky ? 'fail' : 'pass', rtcpie: 'skip' };
}
