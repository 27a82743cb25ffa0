import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../support/explain.ts';
import { makeManyRows } from '../../support/many-rows.ts';
import { usePostgres } from '../../support/postgres.ts';
import { BOUNDED_READS, READS } from './reads-of-every-kind.ts';

const postgres = usePostgres();
let client: pg.Client;

beforeAll(async () => {
  const url = await postgres.migrated();
  await makeManyRows(url, { checkouts: 6000, builds: 15_000, tests: 60_000, issues: 8000, incidents: 20_000 });
  client = new pg.Client({ connectionString: url });
  await client.connect();
  return () => client.end();
});

describe.each(['custom', 'generic'] as const)('with a %s plan', (kind) => {
  it.each(READS.filter((read) => kind === 'custom' || !read.planByValues))(
    '$name scans no table',
    async ({ statement }) => {
      const { scanned } = await explain(client, statement, kind);
      expect(scanned).toEqual([]);
    },
  );

  it.each(BOUNDED_READS)('$name reads at most $bound rows', async ({ statement, bound }) => {
    const { rowsRead } = await explain(client, statement, kind);
    expect(rowsRead).toBeLessThanOrEqual(bound);
  });
});
