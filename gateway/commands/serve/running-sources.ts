import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Logger } from '../../../adapters/adapter.ts';
import type { Config } from '../../config/load-config.ts';
import { type Registry, type RegistryEnv, type Source, sourceFolder } from '../../federation/registry.ts';
import { CommandError } from '../command.ts';
import { openSources } from '../open-sources.ts';
import { type SourceChanges, sourceChanges } from './source-changes.ts';

/** The sources of another configuration: those that are new run already, the others are those that ran before. */
export interface NextSources {
  readonly registry: Registry;
  readonly changes: SourceChanges;
  /** They are the ones that run from now on. Gives what stops those that are gone, for when nothing asks them any more. */
  take(): () => Promise<void>;
  /** Stops what was started for it. */
  discard(): Promise<void>;
}

/** The sources of a gateway that runs, while configurations come and go. */
export class RunningSources {
  readonly #log: Logger;
  readonly #metrics: RegistryEnv['metrics'];
  /** All that were started and not stopped yet, those included that only finish what is under way. */
  readonly #running = new Set<Source['adapter']>();
  #config: Config;
  #registry: Registry | null = null;

  private constructor(config: Config, log: Logger, metrics: RegistryEnv['metrics']) {
    this.#config = config;
    this.#log = log;
    this.#metrics = metrics;
  }

  /** @throws {CommandError} where one cannot be used at all; one that is down is no reason */
  static async open(config: Config, log: Logger, metrics: RegistryEnv['metrics']): Promise<RunningSources> {
    const sources = new RunningSources(config, log, metrics);
    try {
      await removeFormerCaches(config);
      sources.#registry = await openSources(config, log, metrics);
      for (const { adapter } of sources.#registry.sources) sources.#running.add(adapter);
      return sources;
    } catch (error) {
      await sources.stop();
      throw error;
    }
  }

  get registry(): Registry {
    if (this.#registry === null) throw new Error('The sources are not open.');
    return this.#registry;
  }

  /**
   * Starts what a configuration has anew; nothing that runs is touched.
   * @throws {CommandError} where one cannot be used at all
   */
  async prepare(next: Config): Promise<NextSources> {
    const changes = sourceChanges(this.#config, next);
    const before = this.registry.sources;
    const kept = new Map(before.filter(({ name }) => changes.unchanged.includes(name)).map((one) => [one.name, one]));
    const registry = await openSources(next, this.#log, this.#metrics, kept).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (changes.changed.length === 0) throw error;
      const hint = `What cannot run beside what it was is changed by a restart (changed: ${changes.changed.join(', ')}).`;
      throw new CommandError(`${reason} ${hint}`, { cause: error });
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
