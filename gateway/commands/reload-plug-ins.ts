import { dirname } from 'node:path';
import type { AdapterModule, Logger } from '../../adapters/adapter.ts';
import { isPlugInPath, loadPlugIn, type PlugIn } from '../config/load-plug-in.ts';
import type { Config } from '../config.ts';
import { ReloadingAdapter } from '../federation/reloading-adapter.ts';
import { FilesWatch } from './files-watch.ts';

type SourceConfig = Config['sources'][number];

export interface ReloadingPlugIns {
  /** The configuration, with adapters that can be replaced in the place of the plug-ins that are files. */
  readonly config: Config;
  close(): void;
}

/** Loads plug-ins anew when their files change. A version that is broken is refused, and the one before serves on. */
export async function reloadPlugIns(config: Config, log: Logger): Promise<ReloadingPlugIns> {
  const names = new Set(config.sources.map(({ adapter }) => adapter).filter(isPlugInPath));
  const folder = config.file === null ? process.cwd() : dirname(config.file);
  const watched = new Map<string, WatchedPlugIn>();
  for (const name of names) {
    const plugIn = await loadPlugIn(name, folder);
    if (plugIn === null || typeof plugIn === 'string') continue;
    watched.set(name, new WatchedPlugIn(name, folder, plugIn, config.sources, log));
  }
  const sources = config.sources.map((source) => ({
    ...source,
    module: watched.get(source.adapter)?.module ?? source.module,
  }));
  const close = () => {
    for (const plugIn of watched.values()) plugIn.close();
  };
  return { config: { ...config, sources }, close };
}

class WatchedPlugIn {
  readonly module: AdapterModule;
  readonly #name: string;
  readonly #folder: string;
  readonly #log: Logger;
  readonly #watch = new FilesWatch(() => this.#change());
  readonly #given: ReadonlyMap<string, SourceConfig['given']>;
  /** By source: several may be of one plug-in. */
  readonly #adapters = new Map<string, ReloadingAdapter>();
  #files: ReadonlySet<string>;
  #last: Promise<void> = Promise.resolve();

  constructor(name: string, folder: string, first: PlugIn, sources: readonly SourceConfig[], log: Logger) {
    this.#name = name;
    this.#folder = folder;
    this.#log = log;
    this.#files = first.files;
    this.#given = new Map(sources.map((source) => [source.name, source.given]));
    this.module = {
      ...first.module,
      create: (options, env) => {
        const adapter = new ReloadingAdapter(first.module, options, env);
        this.#adapters.set(env.source, adapter);
        return adapter;
      },
    };
    this.#watch.watch(this.#files);
  }

  close(): void {
    this.#watch.close();
  }

  /** One change after the other. */
  #change(): void {
    this.#last = this.#last.then(() => this.#reload()).catch((err: unknown) => this.#refuse(String(err), err));
  }

  async #reload(): Promise<void> {
    const next = await loadPlugIn(this.#name, this.#folder);
    if (next === null || typeof next === 'string') return this.#refuse(next ?? 'It is not there.');
    // A version that is refused may consist of other files: what mends it may lie in any of them.
    this.#files = new Set([...this.#files, ...next.files]);
    this.#watch.watch(this.#files);
    for (const [source, adapter] of this.#adapters) {
      const options = next.module.options.safeParse(this.#given.get(source));
      if (!options.success) {
        this.#refuse(`The options of the source "${source}" do not fit it: ${options.error.issues[0]?.message}`);
        continue;
      }
      await adapter.replace(next.module, options.data);
      this.#log.info({ source, adapter: this.#name }, 'The plug-in has changed and serves in its new version.');
    }
    this.#files = next.files;
    this.#watch.watch(this.#files);
  }

  #refuse(reason: string, err?: unknown): void {
    const said = `A new version of the plug-in is refused, and the one before serves on: ${reason}`;
    this.#log.warn({ adapter: this.#name, err }, said);
  }
}
