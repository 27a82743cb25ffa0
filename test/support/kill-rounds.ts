import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { killServer } from './kill-server.ts';
import { SHARED_OBJECTS, STORED_DOCUMENTS } from './numbered-document.ts';
import { openStore } from './open-store.ts';
import type { Random } from './random.ts';
import { type StoreProcess, startStoreProcess } from './store-process.ts';

/** Who is killed in the middle of loading. */
export type Victim = 'gateway' | 'server' | 'both';

const BUSY = `SELECT pid FROM pg_stat_activity WHERE application_name = 'kcigraph' AND state <> 'idle' AND pid <> pg_backend_pid()`;

/** Documents that the two processes of a round load lie between its first number and that of the next round. */
const DOCUMENTS = 10_000;

/**
 * Lets a gateway and a command beside it load documents, kills at a random moment, and starts again. Everything that was
 * acknowledged, in this round or before, must be there, and nothing of a document without the rest of it.
 */
export async function killRound(
  folder: string,
  round: number,
  victim: Victim,
  random: Random,
  acknowledged: Set<number>,
): Promise<void> {
  const url = `embedded:${folder}`;
  const gateway = startStoreProcess(url, round * DOCUMENTS, 2);
  await gateway.reached(1);
  const beside = startStoreProcess(url, round * DOCUMENTS + 1, 2, true);
  const loaders = [gateway, beside];
  await sleep(random.below(400));
  if (victim !== 'gateway') await killServer(join(folder, 'postgres'));
  if (victim === 'server') await recovered(gateway);
  for (const loader of loaders) loader.kill('SIGKILL');
  await Promise.all(loaders.map(({ exited }) => exited));
  for (const loader of loaders) for (const number of loader.acknowledged) acknowledged.add(number);

  const opened = openStore(url);
  try {
    await opened.pools.start();
    // A server that outlived its clients may still be at their last commits.
    while ((await opened.rows(BUSY)).length > 0) await sleep(10);
    const stored = await opened.rows<{ number: number; whole: boolean }>(STORED_DOCUMENTS);
    const message = `round ${round}, ${victim} killed`;
    expect(
      stored.filter(({ whole }) => !whole),
      message,
    ).toEqual([]);
    const there = new Set(stored.map(({ number }) => number));
    expect(
      [...acknowledged].filter((number) => !there.has(number)),
      message,
    ).toEqual([]);
    const [shared] = await opened.rows<{ receipts: number }>(SHARED_OBJECTS);
    expect(shared, message).toMatchObject({ reports: there.size, newest: true });
    // One whose acknowledgement was lost with the server was sent again, and has a receipt more.
    expect(shared?.receipts, message).toBeGreaterThanOrEqual(there.size);
  } finally {
    await opened.stop();
  }
}

/** A gateway whose server was killed goes on by itself. */
async function recovered(gateway: StoreProcess): Promise<void> {
  await gateway.reached(gateway.acknowledged.length + 2);
}
