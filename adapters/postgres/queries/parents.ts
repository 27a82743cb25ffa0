import { isStorableText, parseIssueKey, parseRevisionKey } from '../ids.ts';
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
