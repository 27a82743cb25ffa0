import type { Logger, Store } from '../../adapters/adapter.ts';

const DAY = 86_400_000;

/** Removes, now and once a day, what did not change for `retention` milliseconds. A failure is logged and tried again. */
export function removeOldObjects(store: Store, retention: number, log: Logger): { stop(): void } {
  const purge = async () => {
    const before = new Date(Date.now() - retention).toISOString().replace('Z', '000Z');
    try {
      log.info({ before, removed: await store.purge(before, null, false) }, 'Old objects were removed.');
    } catch (error) {
      log.error({ err: error, before }, 'Old objects could not be removed.');
    }
  };
  void purge();
  const timer = setInterval(purge, DAY);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
