import type { Checkout, Issue, Json } from '../kit/author.ts';

/** An issue as it is asked for: one version of it, or (null) the newest or all, as the question has it. */
export interface IssueKey {
  readonly id: string;
  readonly version: number | null;
}

/** Reads `ID` or `VERSION@ID`: no origin has an `@`, so no id begins like the latter. */
export function parseIssueKey(key: string): IssueKey {
  const match = /^(\d{1,16})@(.*)$/s.exec(key);
  return match === null ? { id: key, version: null } : { id: match[2] ?? '', version: Number(match[1]) };
}

/** `HASH`, or `HASH+PATCHSET` where there are patches, in lower case; null where the commit is not known. */
export function revisionKey({ gitCommitHash, patchsetHash }: Checkout): string | null {
  if (gitCommitHash === null) return null;
  return (patchsetHash ? `${gitCommitHash}+${patchsetHash}` : gitCommitHash).toLowerCase();
}

const NAMING_COMMITS = ['fix-commits', 'fix_commits', 'cause-commit', 'cause_commit'] as const;

/** The commits that an issue names as its cause or its fix, in lower case. */
export function namedCommits({ misc }: Issue): ReadonlySet<string> {
  const named: readonly Json[] = NAMING_COMMITS.flatMap((key) => misc?.[key] ?? []);
  const hashes = named.flatMap((commit) => {
    const hash = typeof commit === 'object' && commit !== null && 'hash' in commit ? commit.hash : commit;
    return typeof hash === 'string' ? [hash.toLowerCase()] : [];
  });
  return new Set(hashes);
}
