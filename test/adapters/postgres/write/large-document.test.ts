import { describe, expect, it } from 'vitest';
import { measuredLoad } from '../../../support/measured-load.ts';
import { openStore } from '../../../support/open-store.ts';
import { usePostgres } from '../../../support/postgres.ts';

const MIB = 1024 * 1024;

describe('a document of 40 MiB', { timeout: 120_000 }, () => {
  const postgres = usePostgres();

  it('is loaded in bounded memory, and leaves the event loop to others all the while', async () => {
    const opened = openStore(await postgres.migrated());
    await opened.pools.start();
    const { seconds, longestSlice, memory } = await measuredLoad(opened, 40 * MIB);
    const [tests] = await opened.rows<{ count: number }>('SELECT count(*) FROM tests');
    const figures = `${seconds.toFixed(1)} s, ${tests?.count} tests, ${Math.round(memory / MIB)} MiB, ${longestSlice.toFixed(0)} ms at once`;
    console.log(`40 MiB loaded: ${figures}.`);
    expect(longestSlice).toBeLessThan(100);
    expect(memory).toBeLessThan(512 * MIB);
    await opened.stop();
  });
});
