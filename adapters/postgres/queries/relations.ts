import type { RelationName } from '../../adapter.ts';
import { buildsOf } from '../drive-by-checkouts.ts';
import { raw, sql } from '../sql.ts';
import type { Arm } from './page.ts';
import type { KeyKind } from './parents.ts';

/** How the children `t` of a parent `p` are found. */
interface RelationSql {
  readonly parents: KeyKind;
  /** Children in one range of an index. */
  readonly on?: string;
  /** Children in many ranges, of what lies between. */
  readonly arms?: readonly Arm[];
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
    arms: [
      { keys: raw(`(SELECT c.id AS key FROM (${checkouts}) AS c) AS r`), on: [raw('t.checkout_id = r.key')], count: 1 },
    ],
  },
  testsOfRevision: {
    parents: 'revision',
    arms: [
      { keys: sql`(SELECT b.id AS key FROM (${builds}) AS b) AS r`, on: [raw('t.build_id = r.key')], count: Infinity },
    ],
  },
  incidentsOfRevision: { parents: 'revision', arms: [{ keys: incidents, on: [raw('t.id = r.key')], count: 1 }] },
  testsOfCheckout: {
    parents: 'id',
    arms: [
      {
        keys: sql`(SELECT b.id AS key FROM (${buildsOf(raw('p.key'))}) AS b) AS r`,
        on: [raw('t.build_id = r.key')],
        count: Infinity,
      },
    ],
  },
};
