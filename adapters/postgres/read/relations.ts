import type { RelationName } from '../../contract/adapter.ts';
import { buildsOf } from './access-path.ts';
import { isStorableText } from './conditions.ts';
import type { KeyedRanges } from './page.ts';
import { param, raw, type Sql, sql } from './sql.ts';

/** How the children `t` of a parent `p` are found. */
interface RelationSql {
  readonly parents: KeyKind;
  /** The condition of children that are in one range of an index. */
  readonly on?: string;
  /** Children in many ranges: one for each object between parent and child. */
  readonly ranges?: readonly KeyedRanges[];
}

const checkouts = 'SELECT c.id FROM checkouts c WHERE c.git_commit_hash = p.hash AND c.patchset = p.patchset';
const builds = sql`SELECT b.id FROM (${raw(checkouts)}) AS c CROSS JOIN LATERAL (${buildsOf(raw('c.id'))}) AS b`;

/** Each id once, though an incident may name both a build and a test. Incidents are few, so all are found first. */
const incidents = sql`(
 SELECT i.id AS key FROM (${builds}) AS b
  CROSS JOIN LATERAL (SELECT i.id FROM incidents i WHERE i.build_id = b.id OFFSET 0) AS i
 UNION
 SELECT i.id FROM (${builds}) AS b
  CROSS JOIN LATERAL (SELECT s.id FROM tests s WHERE s.build_id = b.id OFFSET 0) AS s
  CROSS JOIN LATERAL (SELECT i.id FROM incidents i WHERE i.test_id = s.id OFFSET 0) AS i
) AS r`;

export const RELATIONS: { readonly [R in RelationName]: RelationSql } = {
  checkoutsOfRevision: { parents: 'revision', on: 't.git_commit_hash = p.hash AND t.patchset = p.patchset' },
  buildsOfCheckout: { parents: 'id', on: 't.checkout_id = p.key' },
  testsOfBuild: { parents: 'id', on: 't.build_id = p.key' },
  incidentsOfBuild: { parents: 'id', on: 't.build_id = p.key' },
  incidentsOfTest: { parents: 'id', on: 't.test_id = p.key' },
  incidentsOfIssue: {
    parents: 'issue',
    on: 't.issue_id = p.id AND (p.version IS NULL OR t.issue_version = p.version)',
  },
  versionsOfIssue: { parents: 'issue', on: 't.id = p.id AND (p.version IS NULL OR t.version = p.version)' },
  issuesOfRevision: { parents: 'revision', on: `p.patchset = '' AND t.named_commits @> ARRAY[p.hash]` },
  buildsOfRevision: {
    parents: 'revision',
    ranges: [
      { keys: raw(`(SELECT c.id AS key FROM (${checkouts}) AS c) AS r`), on: [raw('t.checkout_id = r.key')], count: 1 },
    ],
  },
  testsOfRevision: {
    parents: 'revision',
    ranges: [
      { keys: sql`(SELECT b.id AS key FROM (${builds}) AS b) AS r`, on: [raw('t.build_id = r.key')], count: Infinity },
    ],
  },
  incidentsOfRevision: { parents: 'revision', ranges: [{ keys: incidents, on: [raw('t.id = r.key')], count: 1 }] },
  testsOfCheckout: {
    parents: 'id',
    ranges: [
      {
        keys: sql`(SELECT b.id AS key FROM (${buildsOf(raw('p.key'))}) AS b) AS r`,
        on: [raw('t.build_id = r.key')],
        count: Infinity,
      },
    ],
  },
};

/** A key names an object by id, an issue or one version of it, or a revision. */
type KeyKind = 'id' | 'issue' | 'revision';

/** Keys as rows `p` of a statement; a row of the answer names its key by `position`. */
export interface KeyRows {
  /** A FROM item: `p (key)`, `p (id, version)` or `p (hash, patchset)`, each with its position. */
  readonly from: Sql;
  /** The keys in the statement; the position of the first is 1. Keys that cannot be stored are left out. */
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

/** An issue by id, or one version of it. Without a version it is the newest or all, depending on the query. */
interface IssueKey {
  readonly id: string;
  readonly version: number | null;
}

/** The key of a revision: commit and patches in lower case, `''` without patches. */
interface RevisionKey {
  readonly gitCommitHash: string;
  readonly patchsetHash: string;
}

/**
 * Reads `ID` or `VERSION@ID`. The two are distinct, since an id has no `@` before its first colon.
 * Null for a version beyond what an issue can have.
 */
function parseIssueKey(key: string): IssueKey | null {
  const match = /^(\d+)@(.*)$/s.exec(key);
  if (match === null) return { id: key, version: null };
  const version = Number(match[1]);
  return Number.isSafeInteger(version) ? { id: match[2] ?? '', version } : null;
}

/** Reads `HASH` or `HASH+PATCHSET`. */
function parseRevisionKey(key: string): RevisionKey {
  const [gitCommitHash = '', patchsetHash = ''] = key.toLowerCase().split('+', 2);
  return { gitCommitHash, patchsetHash };
}
