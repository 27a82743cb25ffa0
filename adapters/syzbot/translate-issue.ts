import { type Issue, type JsonObject, normaliseTime } from '../kit/author.ts';
import { type BugState, stateOf } from './bug-state.ts';
import type { Bug } from './client/read-bug.ts';
import { issueId } from './ids.ts';

/** What is known of a bug beside its page. */
export interface BugContext {
  /** The dashboard. */
  readonly url: string;
  /** The external id by which it was found last. */
  readonly extid: string | null;
  /** Null where no list named it. */
  readonly namespace: string | null;
  /** Of the copy that was known before: a version never goes back. */
  readonly versionBefore: number;
}

/** A bug as an issue. */
export function translateIssue(bug: Bug, context: BugContext): Issue {
  const { url, extid } = context;
  const version = Math.max(versionOf(bug), context.versionBefore);
  const query = extid === null ? `id=${bug.id}` : `extid=${extid}`;
  return {
    id: issueId(bug.id),
    origin: 'syzbot',
    version,
    categories: null,
    reportUrl: new URL(`${new URL(url).pathname.replace(/\/$/, '')}/bug?${query}`, url).href,
    reportSubject: bug.title,
    culprit: { code: true, tool: null, harness: null },
    comment: bug.title,
    timestamp: version === 0 ? null : normaliseTime(new Date(version * 1000).toISOString()),
    misc: miscOf(bug, stateOf(bug), context),
  };
}

/** Seconds since the epoch of the last thing that happened to the bug, which grow as it goes on. */
export function versionOf({ closeTime, fixTime, lastCrash, firstCrash }: Bug): number {
  const times = [closeTime, fixTime, lastCrash].flatMap((time) => time ?? []);
  if (times.length === 0 && firstCrash !== null) times.push(firstCrash);
  return Math.max(0, ...times.map((time) => Math.floor(Date.parse(time) / 1000)));
}

function miscOf(bug: Bug, state: BugState, { extid, namespace }: BugContext): JsonObject {
  const misc = {
    state,
    status: bug.status,
    namespace,
    extid,
    'first-crash': bug.firstCrash,
    'last-crash': bug.lastCrash,
    'fix-time': bug.fixTime,
    'close-time': bug.closeTime,
    'fix-commits': bug.fixCommits.length === 0 ? null : bug.fixCommits,
    'cause-commit': bug.causeCommit,
    discussions: bug.discussions.length === 0 ? null : bug.discussions,
  };
  return Object.fromEntries(Object.entries(misc).filter(([, value]) => value !== null));
}
