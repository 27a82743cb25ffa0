/** An issue as it is asked for: one version of it, or (null) the newest or all, as the question has it. */
export interface IssueKey {
  readonly id: string;
  readonly version: number | null;
}

/** The key of a revision: commit and patches in lower case, `''` without patches. */
export interface RevisionKey {
  readonly gitCommitHash: string;
  readonly patchsetHash: string;
}

/**
 * Reads `ID` or `VERSION@ID`. The two cannot be mixed up: what stands before the colon of an id holds no `@`.
 * Null for a version beyond what an issue can have.
 */
export function parseIssueKey(key: string): IssueKey | null {
  const match = /^(\d+)@(.*)$/s.exec(key);
  if (match === null) return { id: key, version: null };
  const version = Number(match[1]);
  return Number.isSafeInteger(version) ? { id: match[2] ?? '', version } : null;
}

/** Reads `HASH` or `HASH+PATCHSET`. */
export function parseRevisionKey(key: string): RevisionKey {
  const [gitCommitHash = '', patchsetHash = ''] = key.toLowerCase().split('+', 2);
  return { gitCommitHash, patchsetHash };
}

/** Whether PostgreSQL can hold a text at all: what holds a NUL or half a surrogate pair fits nothing and is not sent. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
