import { describe, it } from 'vitest';
import { loadConcurrently } from '../../../support/concurrent-loads.ts';
import { installations, usePostgres } from '../../../support/postgres.ts';

for (const installation of installations()) {
  describe(`loads at the same time on ${installation.name} PostgreSQL`, () => {
    const postgres = usePostgres(installation);

    it('all succeed, and end as one after the other, a hundred times', async () => {
      for (let seed = 100; seed < 200; seed += 1) {
        await loadConcurrently(await postgres.migrated(), await postgres.migrated(), seed);
      }
    });
  });
}
