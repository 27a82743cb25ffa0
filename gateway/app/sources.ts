import { access, constants, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Logger, Store } from '../../adapters/contract/adapter.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/load-config.ts';
import { createRegistry, type Registry, type RegistryEnv, type Source, sourceFolder } from '../federation/registry.ts';
import { GatewayError } from './gateway-error.ts';
import { type SourceChanges, sourceChanges } from './reloadable-config.ts';

/**
 * Makes and starts the configured sources. The caller must stop them.
 * @param kept those that run already: they are not started, and not stopped if another one fails
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
    throw new GatewayError(error instanceof Error ? error.message : String(error), { cause: error });
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
  const message = `The source "${source}" is not a store: submissions go into a source of the adapter postgres.`;
  throw new ConfigError('The configuration', [{ path: 'submit.into', message, line: null, column: null }]);
}

async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'is not a folder' : `cannot be written (${code})`;
    throw new GatewayError(`The data folder ${folder} ${reason}: allow it, or name another as dataDir.`);
  }
}

/** The sources of another configuration: new ones are started already, unchanged ones are those that ran before. */
export interface NextSources {
  readonly registry: Registry;
  readonly changes: SourceChanges;
  /** Makes them the current ones. Call what it returns when nothing uses the former ones any more: it stops them. */
  take(): () => Promise<void>;
  /** Stops those that were started for it. */
  discard(): Promise<void>;
}

/** The sources of a running gateway, whose configuration may be replaced. */
export class RunningSources {
  readonly #log: Logger;
  readonly #metrics: RegistryEnv['metrics'];
  /** All that run, including those that only finish the calls under way. */
  readonly #running = new Set<Source['adapter']>();
  #config: Config;
  #registry: Registry;

  private constructor(config: Config, registry: Registry, log: Logger, metrics: RegistryEnv['metrics']) {
    this.#config = config;
    this.#registry = registry;
    this.#log = log;
    this.#metrics = metrics;
    for (const { adapter } of registry.sources) this.#running.add(adapter);
  }

  /** @throws {GatewayError} where one cannot be used at all; one that is down is no reason */
  static async open(config: Config, log: Logger, metrics: RegistryEnv['metrics']): Promise<RunningSources> {
    await removeFormerCaches(config);
    return new RunningSources(config, await openSources(config, log, metrics), log, metrics);
  }

  get registry(): Registry {
    return this.#registry;
  }

  /**
   * Starts the sources that are new in a configuration, and leaves those that run as they are.
   * @throws {GatewayError} where one cannot be used at all
   */
  async prepare(next: Config): Promise<NextSources> {
    const changes = sourceChanges(this.#config, next);
    const before = this.registry.sources;
    const kept = new Map(before.filter(({ name }) => changes.unchanged.includes(name)).map((one) => [one.name, one]));
    const registry = await openSources(next, this.#log, this.#metrics, kept).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (changes.changed.length === 0) throw error;
      const hint = `What cannot run beside what it was is changed by a restart (changed: ${changes.changed.join(', ')}).`;
      throw new GatewayError(`${reason} ${hint}`, { cause: error });
    });
    const fresh = registry.sources.filter(({ name }) => !kept.has(name)).map(({ adapter }) => adapter);
    const gone = before.filter(({ name }) => !kept.has(name)).map(({ adapter }) => adapter);
    for (const adapter of fresh) this.#running.add(adapter);
    return {
      registry,
      changes,
      take: () => {
        this.#config = next;
        this.#registry = registry;
        return () => this.#stop(gone);
      },
      discard: () => this.#stop(fresh),
    };
  }

  async stop(): Promise<void> {
    await this.#stop([...this.#running]);
  }

  async #stop(adapters: readonly Source['adapter'][]): Promise<void> {
    const left = adapters.filter((adapter) => this.#running.delete(adapter));
    await Promise.all(left.map((adapter) => adapter.stop()));
  }
}

/** What other code of a plug-in has left on disk. A gateway that still runs it keeps the files that it has open. */
async function removeFormerCaches({ dataDir, sources }: Config): Promise<void> {
  for (const source of sources) {
    if (source.codeVersion === undefined) continue;
    const folder = sourceFolder(dataDir, source);
    const parent = dirname(folder);
    const found = await readdir(parent).catch(() => []);
    const former = found.filter((name) => name !== basename(folder));
    await Promise.all(former.map((name) => rm(join(parent, name), { recursive: true, force: true })));
  }
}
