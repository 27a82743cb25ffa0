import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExplained, scannedTables } from '../../../support/explain.ts';
import { makeManyRows } from '../../../support/many-rows.ts';
import { usePostgres } from '../../../support/postgres.ts';
import { BOUNDED_READS, READS } from './reads-of-every-kind.ts';

const postgres = usePostgres();
let client: pg.Client;

beforeAll(async () => {
  const url = await postgres.migrated();
  await makeManyRows(url, { checkouts: 6000, builds: 15_000, tests: 60_000, issues: 8000, incidents: 20_000 });
  client = new pg.Client({ connectionString: url });
  await client.connect();
});

// Behind it, in its turn, the server stops.
afterAll(() => client.end());

describe.each(['custom', 'generic'] as const)('planned with a %s plan', (kind) => {
  const isPlanned = (read: { readonly planByValues: boolean }) => kind === 'custom' || !read.planByValues;

  it.each(READS.filter(isPlanned))('$name scans no table', async ({ statement }) => {
    expect(await scannedTables(client, statement, kind)).toEqual([]);
  });

  it.each(BOUNDED_READS.filter(isPlanned))('$name reads at most $bound rows', async ({ statement, bound }) => {
    const { rowsRead } = await runExplained(client, statement, kind);
    expect(rowsRead).toBeLessThanOrEqual(bound);
  });
});
