import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killRound, type Victim } from '../../../support/kill-rounds.ts';
import { killServer } from '../../../support/kill-server.ts';
import { Random } from '../../../support/random.ts';

describe('kill -9 in the middle of loading', { timeout: 120_000 }, () => {
  let parent = '';
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'kcigraph-kill-'));
    await chmod(parent, 0o755);
  });
  afterAll(async () => {
    await killServer(join(parent, 'data', 'postgres'));
    await rm(parent, { recursive: true, force: true, maxRetries: 10 });
  });

  const random = new Random(20_260_201);
  const acknowledged = new Set<number>();
  const victims: readonly Victim[] = ['gateway', 'server', 'both', 'gateway', 'both'];
  it.each(victims.map((victim, round) => [round, victim] as const))(
    'loses nothing that was acknowledged and leaves nothing half stored (round %i: %s)',
    async (round, victim) => {
      await killRound(join(parent, 'data'), round, victim, random, acknowledged);
      expect(acknowledged.size).toBeGreaterThan(round);
    },
  );
});
