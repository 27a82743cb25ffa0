import type { Checkout } from '../kit/author.ts';

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
