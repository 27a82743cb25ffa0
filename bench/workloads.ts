import type { Landmarks } from './documents.ts';

/** One question to the gateway, and the same rows as one hand-written statement. */
export interface Workload {
  readonly name: string;
  readonly query: string;
  readonly variables: object;
  readonly sql: string;
  readonly values: readonly unknown[];
}

const TEST_FIELDS = 'id path status startTime duration origin';
const TEST_COLUMNS = 'id, path, status, start_time::text, duration, origin';

/** The four workloads: a build, a page of builds, failures in a time window, counts of a revision. */
export function workloads(at: Landmarks): readonly Workload[] {
  return [
    {
      name: 'W1 one build by id with 20 tests',
      query: `query ($id: ID!) { build(id: $id) { id origin architecture configName status
        tests(first: 20) { nodes { ${TEST_FIELDS} } } } }`,
      variables: { id: at.build },
      sql: `SELECT b.id, t.* FROM builds b, LATERAL (SELECT ${TEST_COLUMNS} FROM tests WHERE build_id = b.id
        ORDER BY sort_time DESC, id LIMIT 20) t WHERE b.id = $1`,
      values: [at.build],
    },
    {
      name: 'W2 a page of 50 builds with 20 tests each',
      query: `{ builds(first: 50) { nodes { id origin architecture configName status startTime
        tests(first: 20) { nodes { ${TEST_FIELDS} } } } } }`,
      variables: {},
      sql: `SELECT b.id, t.* FROM (SELECT * FROM builds ORDER BY sort_time DESC, id LIMIT 50) b,
        LATERAL (SELECT ${TEST_COLUMNS} FROM tests WHERE build_id = b.id ORDER BY sort_time DESC, id LIMIT 20) t`,
      values: [],
    },
    {
      name: 'W3 100 failed tests of an origin and time window',
      query: `query ($origin: String!, $from: DateTime!, $to: DateTime!) { tests(first: 100, filter: {
        origin: [$origin], status: [FAIL], startTime: { from: $from, to: $to } }) { nodes { ${TEST_FIELDS} } } }`,
      variables: { origin: at.origin, from: at.from, to: at.to },
      sql: `SELECT ${TEST_COLUMNS} FROM tests WHERE origin = $1 AND status = 'FAIL' AND sort_time >= $2
        AND sort_time < $3 ORDER BY sort_time DESC, id LIMIT 100`,
      values: [at.origin, at.from, at.to],
    },
    {
      name: 'W4 counts by status of a revision',
      query: `query ($commit: String!) { revision(gitCommitHash: $commit) { gitCommitHash
        statusCounts { pass fail error miss done skip none total } } }`,
      variables: { commit: at.commit },
      sql: `SELECT t.status, count(*) FROM checkouts c JOIN builds b ON b.checkout_id = c.id
        JOIN tests t ON t.build_id = b.id WHERE c.git_commit_hash = $1 AND c.patchset = '' GROUP BY t.status`,
      values: [at.commit],
    },
  ];
}
