import { isStorableText } from '../filter-fields.ts';
import { param, type Sql, sql } from '../sql.ts';

/** What keys name: an object by id, an issue (or one version of it), a revision. */
export type KeyKind = 'id' | 'issue' | 'revision';

/** Keys as rows `p` of a statement; a row of the answer names its key by `position`. */
export interface KeyRows {
  /** A FROM item: `p (key)`, `p (id, version)` or `p (hash, patchset)`, each with its position. */
  readonly from: Sql;
  /** The keys that were sent; the position of the first is 1. What fits nothing was not sent. */
  readonly keys: readonly string[];
}

export function keyRows(kind: KeyKind, asked: readonly string[]): KeyRows {
  const storable = [...new Set(asked)].filter(isStorableText);
  if (kind === 'id') {
    return { keys: storable, from: sql`unnest(${param(storable, 'text[]')}) WITH ORDINALITY AS p (key, position)` };
  }
  if (kind === 'revision') {
    const revisions = storable.map(parseRevisionKey);
    const hashes = param(
      revisions.map((revision) => revision.gitCommitHash),
      'text[]',
    );
    const patchsets = param(
      revisions.map((revision) => revision.patchsetHash),
      'text[]',
    );
    return {
      keys: storable,
      from: sql`unnest(${hashes}, ${patchsets}) WITH ORDINALITY AS p (hash, patchset, position)`,
    };
  }
  const issues = storable.flatMap((key) => {
    const parsed = parseIssueKey(key);
    return parsed === null ? [] : [{ key, ...parsed }];
  });
  const ids = param(
    issues.map((issue) => issue.id),
    'text[]',
  );
  const versions = param(
    issues.map((issue) => issue.version),
    'bigint[]',
  );
  return {
    keys: issues.map((issue) => issue.key),
    from: sql`unnest(${ids}, ${versions}) WITH ORDINALITY AS p (id, version, position)`,
  };
}

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
