import type { AdapterEnv, Logger } from '../../adapters/adapter.ts';
import { createHttpClient } from '../../adapters/kit/http-client.ts';
import { Upstream } from '../../adapters/kit/upstream.ts';

export interface AdapterEnvOptions {
  readonly source: string;
  readonly dataDir: string;
  readonly log: Logger;
  readonly userAgent?: string | undefined;
  readonly settings: { readonly concurrency: number; readonly rate: number | null };
}

export interface OwnedAdapterEnv {
  readonly env: AdapterEnv;
  /** Aborts the background tasks and waits for them. */
  stop(): Promise<void>;
}

/** What an adapter is made with. */
export function createAdapterEnv(options: AdapterEnvOptions): OwnedAdapterEnv {
  const { source, dataDir, log, settings } = options;
  const upstream = new Upstream(settings);
  const http = createHttpClient({ upstream, userAgent: options.userAgent ?? 'kcigraph' });
  const stopping = new AbortController();
  const tasks = new Set<Promise<void>>();
  const background = (task: (signal: AbortSignal) => Promise<void>): void => {
    const running = Promise.resolve()
      .then(() => task(stopping.signal))
      .catch((err: unknown) => {
        if (!stopping.signal.aborted) log.error({ source, err }, 'A background task of an adapter failed.');
      });
    tasks.add(running);
    void running.finally(() => tasks.delete(running));
  };
  const stop = async () => {
    stopping.abort();
    await Promise.all(tasks);
    await http.close();
  };
  return {
    env: { source, dataDir, http, log, upstream: (call, request) => upstream.run(call, request), background },
    stop,
  };
}
