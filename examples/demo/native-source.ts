import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../adapters/contract/adapter.ts';
import { createEmbeddedServer } from '../../adapters/embedded-postgres/server.ts';
import { BrokenWay } from './broken-way.ts';
import { runKcigraph } from './kcigraph-process.ts';
import type { Fault } from './options.ts';
import { brokenConfig, type RunningSource } from './running-source.ts';
import { nativeStory } from './story/native.ts';
import type { Timeline } from './story/timeline.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const EMBEDDED = { adapter: 'postgres', url: 'embedded:./data' };

/**
 * The native store, loaded with what was submitted, by the command that a person would use. It is the gateway's own, embedded
 * one; only a broken one runs here, behind its broken way.
 */
export async function startNative(
  folder: string,
  timeline: Timeline,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<RunningSource> {
  await mkdir(join(folder, 'documents'));
  const files = await Promise.all(
    nativeStory(timeline).map(async (document, number) => {
      const file = join(folder, 'documents', `${number + 1}.json`);
      await writeFile(file, JSON.stringify(document));
      return file;
    }),
  );
  const loading = { sources: { native: EMBEDDED }, submit: { into: 'native' }, log: { level: 'error' } };
  await writeFile(join(folder, 'loading.yaml'), JSON.stringify(loading));
  await runKcigraph(['submit', '--config', 'loading.yaml', ...files], folder, signal);
  const source = { name: 'native' as const, where: 'embedded', close: async () => {} };
  if (fault === undefined) return { ...source, config: EMBEDDED };
  if (fault === 'limited') return { ...source, config: { ...EMBEDDED, rate: 0.2, ...brokenConfig(fault) } };
  const server = createEmbeddedServer(join(folder, 'data'), SILENT);
  const way = await BrokenWay.to(await server.url(), fault);
  return {
    ...source,
    config: { adapter: 'postgres', url: way.url, migrate: false, ...brokenConfig(fault) },
    close: async () => {
      await way.close();
      await server.release();
    },
  };
}
