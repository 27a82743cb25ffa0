import type { Logger, Store } from '../adapter.ts';
import { Semaphore } from '../kit/semaphore.ts';
import { toSourceError } from './connection/faults.ts';
import type { Pools } from './connection/pool.ts';
import { type Beginning, Transaction } from './connection/transaction.ts';
import { load } from './load.ts';
import type { PostgresOptions } from './options.ts';
import { purge } from './purge.ts';
import { dropOldReceipts, keepReceipt, readReceipt } from './receipts.ts';

/** Milliseconds between two clearings of old receipts. */
const CLEARING = 3_600_000;

/** The write side of the native store. */
export function createStore(pools: Pools, options: PostgresOptions, log: Logger): Store {
  const begin = (beginning: Beginning) => new Transaction(() => pools.loads(), options.prepare, beginning);
  // Waited for before the first object is read, and without the time limit that the pool has: a load may take minutes.
  const turns = new Semaphore(options.loadPoolSize);
  let cleared = 0;
  const clear = async () => {
    if (Date.now() - cleared < CLEARING) return;
    cleared = Date.now();
    // Nobody waits for it, and it is tried again.
    await asSource(async () => dropOldReceipts(await pools.loads())).catch((error: unknown) =>
      log.warn({ err: error }, 'Old receipts could not be removed.'),
    );
  };
  return {
    async load(objects, by, call) {
      const counts = await turns.run(() => load(begin('load'), objects, by, call.signal), call.signal);
      await clear();
      return counts;
    },
    receipt: (id) => asSource(async () => readReceipt(await pools.loads(), id)),
    record: (receipt) => asSource(async () => keepReceipt(await pools.loads(), receipt)),
    migrate: () => pools.migrate(),
    async purge(before, origins, dryRun) {
      const counts = await purge(begin, before, origins, dryRun);
      await asSource(async () => dropOldReceipts(await pools.loads()));
      return counts;
    },
  };
}

async function asSource<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toSourceError(error);
  }
}
