import { join } from 'node:path';
import type { Adapter, AdapterEnv, AdapterModule, Call, Logger, TlsOptions } from '../../adapters/contract/adapter.ts';
import { createHttpClient } from '../../adapters/kit/http-client.ts';
import { Upstream } from '../../adapters/kit/upstream.ts';
import { guardAdapter } from './guard/guard.ts';
import { type SourceMetrics, type SourceState, SourceStateTracker } from './guard/source-state.ts';
import type { Scope } from './request.ts';

/** One source as it is configured. What is left out is as the adapter's defaults say. */
export interface SourceConfig {
  readonly name: string;
  /** Name of the adapter module. */
  readonly adapter: string;
  /** As the adapter's own schema gives them. */
  readonly options: unknown;
  readonly timeout?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly rate?: number | null | undefined;
  readonly cacheTtl?: number | undefined;
  readonly staleIfError?: number | undefined;
  /** Higher first, ties in the order of the configuration; 0 where left out. */
  readonly priority?: number | undefined;
  readonly breaker?: { readonly failures: number; readonly openFor: number } | undefined;
  readonly restAfter429?: number | undefined;
  /** Nothing is asked of the system itself: what is on disk must do. */
  readonly offline?: boolean | undefined;
  readonly tls?: TlsOptions | undefined;
  /** The name of its host may lead to a private address. */
  readonly privateAddresses?: boolean | undefined;
  /** A hash of the code of a plug-in; undefined for a built-in adapter. */
  readonly codeVersion?: string | undefined;
}

/**
 * Where a source keeps its indices and caches. Those of a plug-in lie in a folder for each version of its code, so that
 * other code begins with empty ones.
 */
export function sourceFolder(dataDir: string, { name, codeVersion = '' }: Pick<SourceConfig, 'name' | 'codeVersion'>) {
  return join(dataDir, 'sources', name, codeVersion);
}

/** What the sources share. */
export interface RegistryEnv {
  /** Sources keep their indices and caches in `sources/NAME` below it (`sourceFolder`). */
  readonly dataDir: string;
  readonly log: Logger;
  readonly metrics?: SourceMetrics | undefined;
  /** What we call ourselves when we ask a source over HTTP. */
  readonly userAgent?: string | undefined;
}

/** A configured CI system, with the guard round its adapter. */
export interface Source {
  readonly name: string;
  /** The adapter's own name, such as `postgres`. */
  readonly adapterName: string;
  /** Higher first, ties in the order of the configuration. */
  readonly priority: number;
  /** Upstream requests a second; null: no limit. */
  readonly rate: number | null;
  /** Milliseconds that a call may take, and that one request waits for the source in all. */
  readonly timeout: number;
  /** Milliseconds that an answer may be old, where that is configured. */
  readonly cacheTtl: number | undefined;
  readonly adapter: Adapter;
  readonly state: SourceState;
}

/** All sources, by priority. */
export interface Registry {
  readonly sources: readonly Source[];
  /** The scope of a field that names no sources. */
  readonly everything: Scope;
  get(name: string): Source | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes the sources; nothing is connected before `start`.
 * @param modules the adapters by name; `ADAPTER_MODULES` holds those that are built in
 * @param kept sources that run already, by name: they are taken as they are, but for their priority, and not started again
 * @throws {Error} where a source names an adapter that is not among them
 */
export function createRegistry(
  configs: readonly SourceConfig[],
  modules: ReadonlyMap<string, AdapterModule>,
  env: RegistryEnv,
  kept: ReadonlyMap<string, Source> = new Map(),
): Registry {
  const made: Source[] = [];
  const sources = configs.map((config) => {
    const running = kept.get(config.name);
    if (running !== undefined) return { ...running, priority: config.priority ?? 0 };
    const source = createSource(config, moduleFor(config, modules), env);
    made.push(source);
    return source;
  });
  // Array.prototype.sort is stable: equal priorities stay in the order of the configuration.
  sources.sort((a, b) => b.priority - a.priority);
  const byName = new Map(sources.map((source) => [source.name, source]));
  return {
    sources,
    everything: { sources, isNamed: false },
    get: (name) => byName.get(name),
    start: () => Promise.all(made.map((source) => source.adapter.start())).then(() => undefined),
    stop: () => Promise.all(sources.map((source) => source.adapter.stop())).then(() => undefined),
  };
}

/** What is not on disk fails, again and again, and what is there is answered all the same. */
const NEVER_OPEN = { failures: Number.POSITIVE_INFINITY, openFor: 0 };

function moduleFor(config: SourceConfig, modules: ReadonlyMap<string, AdapterModule>): AdapterModule {
  const module = modules.get(config.adapter);
  if (module !== undefined) return module;
  const known = [...modules.keys()].join(', ');
  throw new Error(`The source "${config.name}" names the adapter "${config.adapter}", which is none of: ${known}.`);
}

function createSource(config: SourceConfig, module: AdapterModule, env: RegistryEnv): Source {
  const settings = {
    timeout: config.timeout ?? module.defaults.timeout,
    concurrency: config.concurrency ?? module.defaults.concurrency,
    rate: config.rate === undefined ? module.defaults.rate : config.rate,
    cacheTtl: config.cacheTtl ?? module.defaults.cacheTtl,
    staleIfError: config.staleIfError ?? module.defaults.staleIfError,
    breaker: config.offline === true ? NEVER_OPEN : (config.breaker ?? { failures: 5, openFor: 20_000 }),
    restAfter429: config.restAfter429 ?? 60_000,
    offline: config.offline,
    tls: config.tls,
    privateAddresses: config.privateAddresses,
  };
  const { cacheTtl } = config;
  const adapterEnv = createAdapterEnv({
    source: config.name,
    dataDir: sourceFolder(env.dataDir, config),
    log: env.log,
    userAgent: env.userAgent,
    settings: { ...settings, cacheTtl },
    metrics: env.metrics,
  });
  const state = new SourceStateTracker();
  const bare = module.create(config.options, adapterEnv.env);
  const adapter = guardAdapter(bare, {
    source: config.name,
    settings,
    state,
    log: env.log,
    metrics: env.metrics,
    onStop: adapterEnv.stop,
  });
  const { rate, timeout } = settings;
  const { name, priority = 0 } = config;
  return { name, adapterName: module.name, priority, rate, timeout, cacheTtl, adapter, state };
}

export interface AdapterEnvOptions {
  readonly source: string;
  readonly dataDir: string;
  readonly log: Logger;
  readonly userAgent?: string | undefined;
  readonly settings: {
    readonly timeout: number;
    readonly concurrency: number;
    readonly rate: number | null;
    readonly cacheTtl?: number | undefined;
    readonly offline?: boolean | undefined;
    readonly restAfter429?: number | undefined;
    readonly tls?: TlsOptions | undefined;
    readonly privateAddresses?: boolean | undefined;
  };
  readonly metrics?: SourceMetrics | undefined;
}

export interface OwnedAdapterEnv {
  readonly env: AdapterEnv;
  /** Aborts the background tasks and waits for them. */
  stop(): Promise<void>;
}

/** Made once: an error holds on to all that called for it, and so each source would to the one that took its place. */
const STOPPING = new DOMException('The source is being stopped.', 'AbortError');

/** What an adapter is made with. */
export function createAdapterEnv(options: AdapterEnvOptions): OwnedAdapterEnv {
  const { source, dataDir, log, settings, metrics } = options;
  const upstream = new Upstream(settings, {
    requested: (waitedMs, ms, code) => metrics?.requested(source, waitedMs, ms, code),
    retried: () => metrics?.retried(source),
  });
  const { timeout, tls, privateAddresses } = settings;
  const http = createHttpClient({ upstream, userAgent: options.userAgent, timeout, tls, privateAddresses });
  const stopping = new AbortController();
  const tasks = new Set<Promise<void>>();
  const call: Call = {
    signal: stopping.signal,
    deadline: Number.POSITIVE_INFINITY,
    fields: new Set(),
    log,
    isBackground: true,
    warn: (err) => log.debug({ source, err }, 'A background task of an adapter met a fault in what it read.'),
  };
  const background = (task: (call: Call) => Promise<void>): void => {
    const running = Promise.resolve()
      .then(() => task(call))
      .catch((err: unknown) => {
        if (!stopping.signal.aborted) log.error({ source, err }, 'A background task of an adapter failed.');
      });
    tasks.add(running);
    void running.finally(() => tasks.delete(running));
  };
  const stop = async () => {
    stopping.abort(STOPPING);
    await Promise.all(tasks);
    await http.close();
  };
  return {
    env: {
      source,
      dataDir,
      http,
      log,
      ...(settings.cacheTtl === undefined ? {} : { cacheTtl: settings.cacheTtl }),
      offline: settings.offline ?? false,
      tls,
      upstream: (call, request) => upstream.run(call, request),
      background,
    },
    stop,
  };
}
