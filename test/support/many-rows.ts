import { execute } from './postgres.ts';

/** How many of each there are beside `tests` tests: few enough to be made in seconds, too many for a scan to be cheap. */
export interface ManyRows {
  readonly checkouts: number;
  readonly builds: number;
  readonly tests: number;
  readonly issues: number;
  readonly incidents: number;
}

/** Columns that are drawn from few values, by the number `n` of the row; primes keep them independent of each other. */
const ORIGIN = `'origin_' || (n * 7 % 11 % 6)`;
const STATUS = `(ARRAY['PASS','PASS','PASS','PASS','PASS','PASS','SKIP','SKIP','FAIL','FAIL','ERROR','MISS','DONE',NULL])[1 + n * 13 % 14]`;
const TIME = (seconds: string) =>
  `CASE WHEN n % 101 = 0 THEN NULL ELSE timestamptz '2026-01-01 00:00:00Z' + (${seconds}) * interval '1 second' END`;
const MISC = `jsonb_build_object('job', md5(n::text), 'note', repeat(md5(n::text), 6))`;

/** Fills migrated tables with made-up rows in the database itself, and lets the planner see them. */
export async function makeManyRows(url: string, many: ManyRows): Promise<void> {
  const { checkouts, builds, tests, issues, incidents } = many;
  await execute(
    url,
    `INSERT INTO checkouts (id, origin, timestamp, start_time, git_commit_hash, patchset_hash, tree_name,
        git_repository_url, repository_key, git_repository_branch, git_commit_name, git_commit_tags, message_id, valid, misc)
     SELECT 'made:c' || n, ${ORIGIN}, now() - n * interval '1 second', ${TIME('n * 60')}, ${commit('n / 3')},
        CASE WHEN n % 20 = 0 THEN md5(n::text) || md5(n::text) END, 'tree' || n % 47, 'https://git.example.org/r' || n % 31,
        'https://git.example.org/r' || n % 31, 'branch' || n % 37, 'v6.' || n / 3, ARRAY['tag' || n % 400],
        n || '@example.org', (n % 5 > 0), ${MISC}
     FROM generate_series(1, ${checkouts}) AS n;
     INSERT INTO builds (id, origin, checkout_id, timestamp, start_time, status, duration, architecture, config_name, compiler, misc)
     SELECT 'made:b' || n, ${ORIGIN}, 'made:c' || 1 + n % ${checkouts}, now() - n * interval '1 second', ${TIME('n * 20')},
        ${STATUS}, n % 600, 'arch' || n % 7, 'config' || n % 60, 'compiler' || n % 5, ${MISC}
     FROM generate_series(1, ${builds}) AS n;
     INSERT INTO tests (id, origin, build_id, timestamp, start_time, status, duration, path, number_value,
        environment_present, environment_compatible, environment_misc, misc)
     SELECT 'made:t' || n, ${ORIGIN}, 'made:b' || 1 + n % ${builds}, now() - n * interval '1 second', ${TIME('n / 3')},
        ${STATUS}, n % 600, 'suite' || n % 19 || '.area' || n % 23 || '.case' || n % 29, n % 1000, true,
        ARRAY['vendor,board' || n % 300, 'vendor,soc' || n % 40], jsonb_build_object('platform', 'platform' || n % 251), ${MISC}
     FROM generate_series(1, ${tests}) AS n;
     INSERT INTO issues (id, version, origin, timestamp, first_known, newest, categories, report_url, culprit_present, culprit_code, misc)
     SELECT 'made:i' || n / 2, n % 2, ${ORIGIN}, now(), timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute', n % 2 = 1,
        ARRAY['category' || n % 97], 'https://bugs.example.org/' || n, true, n % 3 = 0,
        ${MISC} || jsonb_build_object('fix-commits', jsonb_build_array(${commit('n')}))
     FROM generate_series(1, ${issues}) AS n;
     INSERT INTO incidents (id, origin, issue_id, issue_version, build_id, test_id, timestamp, first_known, present, misc)
     SELECT 'made:n' || n, ${ORIGIN}, 'made:i' || n % ${Math.floor(issues / 2)}, n % 2,
        CASE WHEN n % 3 = 0 THEN 'made:b' || n % ${builds} END, CASE WHEN n % 3 > 0 THEN 'made:t' || n * 5 % ${tests} END,
        now(), timestamptz '2026-01-01 00:00:00Z' + n * interval '7 seconds', n % 4 > 0, ${MISC}
     FROM generate_series(1, ${incidents}) AS n;
     ${['checkout', 'build', 'test'].map(logsOf).join(';')};
     INSERT INTO conflicts (entity, id, version, field, value, origin, at)
     SELECT kind, 'made:' || left(kind, 1) || n, 0, 'comment', '"another"', ${ORIGIN}, now()
     FROM generate_series(1, 3000) AS n, unnest(ARRAY['checkout', 'build', 'test']) AS kind`,
  );
  await execute(url, 'VACUUM ANALYZE');
}

/** Of every third of the first thousands. */
function logsOf(entity: string): string {
  return `INSERT INTO ${entity}_logs SELECT 'made:${entity[0]}' || n * 3, repeat(md5(n::text), 20) FROM generate_series(1, 2000) AS n`;
}

/** A commit that is told from another by its beginning. */
export function commit(n: string): string {
  return `md5((${n})::text) || substr(md5((${n})::text), 1, 8)`;
}
