import { setTimeout as delay } from 'node:timers/promises';
import { adapter as cki } from '../../../adapters/cki/adapter.ts';
import type { Adapter, Call } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';

/** The adapter as it is, but as fast as the machine is. */
export const QUICK = { ...cki, defaults: { ...cki.defaults, rate: null, concurrency: 20 } };

const silent = () => undefined;

export function makeCall(warnings: SourceError[] = [], ms = 5_000): Call {
  return {
    signal: AbortSignal.timeout(ms),
    deadline: Date.now() + ms,
    fields: new Set(['misc', 'logExcerpt', 'outputFiles', 'inputFiles', 'patchsetFiles']),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    warn: (error) => warnings.push(error),
  };
}

/** Waits until the index holds all checkouts. */
export async function filled(adapter: Adapter): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const { detail = '' } = await adapter.health(makeCall());
    if (detail.includes('checkouts.')) return;
    if (Date.now() > end) throw new Error(`The index was not filled in time: ${detail}`);
    await delay(10);
  }
}
