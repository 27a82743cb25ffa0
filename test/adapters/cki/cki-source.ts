import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapter as cki } from '../../../adapters/cki/adapter.ts';
import type { Adapter } from '../../../adapters/contract/adapter.ts';
import { createRegistry, type SourceConfig } from '../../../gateway/federation/registry.ts';
import { quietLog } from '../../support/federated-gateway.ts';

export interface CkiSource {
  /** With the guard round it, as in the gateway. */
  readonly adapter: Adapter;
  /** What was logged. */
  readonly log: object[];
  stop(): Promise<void>;
}

export type CkiSettings = Partial<Omit<SourceConfig, 'name' | 'adapter' | 'options'>>;

/** A source of the adapter, started as the gateway does; quick unless it is told otherwise. */
export async function startCki(
  given: Readonly<Record<string, unknown>>,
  dataDir: string,
  settings: CkiSettings = {},
): Promise<CkiSource> {
  const log: object[] = [];
  const config = { rate: null, concurrency: 10, timeout: 2_000, staleIfError: 0, ...settings };
  const registry = createRegistry(
    [{ name: 'cki', adapter: 'cki', options: cki.options.parse(given), ...config }],
    new Map([['cki', cki]]),
    { dataDir, log: quietLog(log), userAgent: 'ci@example.org' },
  );
  await registry.start();
  const source = registry.get('cki');
  if (source === undefined) throw new Error('The source was not made.');
  return { adapter: source.adapter, log, stop: () => registry.stop() };
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-cki-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
