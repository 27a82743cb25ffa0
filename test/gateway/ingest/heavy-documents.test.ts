import { describe, expect, it } from 'vitest';
import { HEAVY_DOCUMENTS } from '../../support/heavy-documents.ts';
import { watchLongestTurn } from '../../support/longest-turn.ts';
import { usePostgres } from '../../support/postgres.ts';
import { bodyOf, NEVER } from './documents.ts';
import { openDoor } from './open-door.ts';

/** Milliseconds of CPU of the gateway's thread in one go. */
const MOST = 50;

describe('a submission', { timeout: 120_000 }, () => {
  const postgres = usePostgres();

  // What one object of hundreds of thousands of keys costs is not bounded so.
  it.each(HEAVY_DOCUMENTS.slice(0, 2))(
    'of %s holds the event loop for 50 ms at most, also when it comes again',
    async (_, objects, make) => {
      const test = await openDoor(await postgres.migrated());
      const [before, document] = [Buffer.from(make('before-')), Buffer.from(make(''))];
      // Connections are open and the code is compiled, as in a gateway that has been running.
      await test.door.submitBytes(bodyOf(before), { origins: null }, NEVER);
      const longestTurn = watchLongestTurn();
      const first = await test.door.submitBytes(bodyOf(document), { origins: null }, NEVER);
      const again = await test.door.submitBytes(bodyOf(document), { origins: null }, NEVER);
      const longest = longestTurn();
      await test.close();
      expect([first.counts.test.added, again.counts.test.unchanged]).toEqual([objects, objects]);
      expect(longest).toBeLessThan(MOST);
    },
  );
});
