import type { AdapterEnv, Call, Logger, TlsOptions } from '../../adapters/adapter.ts';
import { createHttpClient } from '../../adapters/kit/http-client.ts';
import { Upstream } from '../../adapters/kit/upstream.ts';
import type { SourceMetrics } from './guard/source-state.ts';

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
