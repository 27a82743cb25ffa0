import { access, constants, mkdir } from 'node:fs/promises';
import type { Logger, Store } from '../../adapters/adapter.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/load-config.ts';
import { createRegistry, type Registry, type RegistryEnv, type Source } from '../federation/registry.ts';
import { CommandError } from './command.ts';

/**
 * Makes and starts the configured sources. The caller stops them, however it ends.
 * @param kept those that run already: they are not started, nor stopped where another one fails
 */
export async function openSources(
  config: Config,
  log: Logger,
  metrics: RegistryEnv['metrics'] = undefined,
  kept: ReadonlyMap<string, Source> = new Map(),
): Promise<Registry> {
  const registry = await makeSources(config, log, metrics, kept);
  try {
    await registry.start();
    return registry;
  } catch (error) {
    const fresh = registry.sources.filter(({ name }) => !kept.has(name));
    await Promise.allSettled(fresh.map(({ adapter }) => adapter.stop()));
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Makes the configured sources, which connect to nothing yet. */
export async function makeSources(
  config: Config,
  log: Logger,
  metrics: RegistryEnv['metrics'] = undefined,
  kept: ReadonlyMap<string, Source> = new Map(),
): Promise<Registry> {
  await makeDataFolder(config.dataDir);
  const fresh = config.sources.filter(({ name }) => !kept.has(name));
  const modules = new Map(fresh.map(({ adapter, module }) => [adapter, module]));
  const { dataDir, userAgent } = config;
  return createRegistry(config.sources, modules, { dataDir, log, metrics, userAgent }, kept);
}

/** The write side of a source. */
export function storeOf(registry: Registry, source: string): Store {
  const store = registry.get(source)?.adapter.store;
  if (store !== undefined) return store;
  const message = `The source "${source}" is no store: submissions go into one of the adapter postgres.`;
  throw new ConfigError('The configuration', [{ path: 'submit.into', message, line: null, column: null }]);
}

async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'is no folder' : `cannot be written (${code})`;
    throw new CommandError(`The data folder ${folder} ${reason}: allow it, or name another as dataDir.`);
  }
}
