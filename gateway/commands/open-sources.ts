import { access, constants, mkdir } from 'node:fs/promises';
import type { Logger, Store } from '../../adapters/adapter.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config.ts';
import { createRegistry, type Registry, type RegistryEnv } from '../federation/registry.ts';
import { CommandError } from './command.ts';

/** Makes and starts the configured sources. The caller stops them, however it ends. */
export async function openSources(
  config: Config,
  log: Logger,
  metrics: RegistryEnv['metrics'] = undefined,
): Promise<Registry> {
  const registry = await makeSources(config, log, metrics);
  try {
    await registry.start();
    return registry;
  } catch (error) {
    await registry.stop().catch(() => undefined);
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Makes the configured sources, which connect to nothing yet. */
export async function makeSources(
  config: Config,
  log: Logger,
  metrics: RegistryEnv['metrics'] = undefined,
): Promise<Registry> {
  await makeDataFolder(config.dataDir);
  const modules = new Map(config.sources.map(({ adapter, module }) => [adapter, module]));
  const { dataDir, userAgent } = config;
  return createRegistry(config.sources, modules, { dataDir, log, metrics, userAgent });
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
