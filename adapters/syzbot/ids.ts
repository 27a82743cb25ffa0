import type { Keys } from '../kit/author.ts';

/** A bug's own id, which never changes, or one of those by which it was reported. */
export type BugName = { readonly id: string } | { readonly extid: string };

const ISSUE_PATTERN = '^syzbot:(?:[0-9a-f]{40}|[0-9a-f]{20})$';
const CRASH_PATTERN = '^syzbot:[0-9a-f]{40}:[0-9A-Za-z]{1,64}$';
const ISSUE = new RegExp(ISSUE_PATTERN);
const CRASH = new RegExp(CRASH_PATTERN);

/** The ids that this source can hold. */
const origins = ['syzbot'];
export const CHECKOUT_KEYS: Keys = { origins, pattern: '^syzbot:[0-9a-f]{40}$' };
export const BUILD_KEYS: Keys = { origins, pattern: '^syzbot:[0-9a-f]{40}(?::[0-9A-Za-z]{1,64})?$' };
export const CRASH_KEYS: Keys = { origins, pattern: CRASH_PATTERN };
export const ISSUE_KEYS: Keys = { origins, pattern: ISSUE_PATTERN };

export interface IssueKey {
  readonly name: BugName;
  /** The version asked for; null: the newest. */
  readonly version: number | null;
}

/** Reads `ID` or `VERSION@ID`, the id being the bug's own or an external one; null where it is none of ours. */
export function parseIssueKey(key: string): IssueKey | null {
  const match = /^(?:(\d{1,16})@)?(.*)$/s.exec(key);
  const id = match?.[2] ?? '';
  if (!ISSUE.test(id)) return null;
  const version = match?.[1] === undefined ? null : Number(match[1]);
  return { name: bugName(id.slice('syzbot:'.length)), version };
}

/** By its length one can tell what an id is. */
export function bugName(hex: string): BugName {
  return hex.length === 40 ? { id: hex } : { extid: hex };
}

/** As one word, to know questions for the same bug by. */
export function nameOf(name: BugName): string {
  return 'id' in name ? name.id : name.extid;
}

/** The bug that a test or an incident belongs to; null where the key is none of ours. */
export function bugOfCrash(key: string): BugName | null {
  return CRASH.test(key) ? { id: key.slice(7, 47) } : null;
}

export const issueId = (bug: string): string => `syzbot:${bug}`;
export const checkoutId = (commit: string): string => `syzbot:${commit}`;
export const buildId = (commit: string, config: string | null): string =>
  config === null ? checkoutId(commit) : `syzbot:${commit}:${config}`;
export const crashId = (bug: string, report: string): string => `syzbot:${bug}:${report}`;
/** The commit in the id of a checkout or a build. */
export const commitIn = (id: string): string => id.slice(7, 47);
