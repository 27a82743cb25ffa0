import { describe, expect, it } from 'vitest';
import { loadConcurrently } from '../../../support/concurrent-loads.ts';
import { issue, test } from '../../../support/model-objects.ts';
import { openStore } from '../../../support/open-store.ts';
import { installations, usePostgres } from '../../../support/postgres.ts';

for (const installation of installations().slice(0, 2)) {
  describe(`loads at the same time on ${installation.name} PostgreSQL`, { timeout: 120_000 }, () => {
    const postgres = usePostgres(installation);

    it.each([1, 2, 3])(
      'of documents about the same objects all succeed, and end as one after the other (seed %i)',
      async (seed) => {
        await loadConcurrently(await postgres.migrated(), await postgres.migrated(), seed);
      },
    );
  });
}

describe('loads and purges at the same time', () => {
  const postgres = usePostgres();

  it('never wait for each other in a circle, and leave one newest version of each issue', async () => {
    const gateway = openStore(await postgres.migrated(), { loadPoolSize: 8 });
    let loading = true;
    const purged = (async () => {
      let removed = 0;
      while (loading) {
        const counts = await gateway.store.purge('2100-01-01T00:00:00.000000Z', null, false);
        removed += counts.test + counts.issue;
      }
      return removed;
    })();
    const load = async (start: number) => {
      for (let round = 0; round < 25; round += 1) {
        const objects = Array.from({ length: 30 }, (_, n) =>
          test({ id: `maestro:${(start + n * 7) % 50}`, comment: `c${round}` }),
        );
        const issues = Array.from({ length: 5 }, (_, n) =>
          issue({ id: `maestro:i${(start + n) % 6}`, version: round }),
        );
        await gateway.load(...objects, ...issues);
      }
    };
    await Promise.all([load(0), load(11), load(23), load(31)]);
    loading = false;
    expect(await purged).toBeGreaterThan(0);
    await gateway.load(...Array.from({ length: 6 }, (_, n) => issue({ id: `maestro:i${n}`, version: 3 })));
    const wrong = `SELECT id FROM issues GROUP BY id
      HAVING count(*) FILTER (WHERE newest) <> 1 OR max(version) <> max(version) FILTER (WHERE newest)`;
    expect(await gateway.rows(wrong)).toEqual([]);
    const orphans = 'SELECT count(*) FROM conflicts c WHERE NOT EXISTS (SELECT FROM tests t WHERE t.id = c.id)';
    expect(await gateway.rows(orphans)).toEqual([{ count: 0 }]);
    expect(await gateway.rows('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()')).toEqual([
      { deadlocks: 0 },
    ]);
    await gateway.stop();
  });
});
