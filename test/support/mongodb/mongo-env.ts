import type { AdapterEnv, Call } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { Upstream } from '../../../adapters/kit/upstream.ts';
import { SILENT } from '../postgres-source.ts';

/** What a client or an adapter is made with, with the gateway's own half of the guard; `requests` counts what it asked. */
export interface MongoEnv {
  readonly env: AdapterEnv;
  readonly requests: () => number;
  /** Those of `requests` that are not of background tasks. */
  readonly clientRequests: () => number;
  /** Aborts what runs in the background, and waits for it. */
  stop(): Promise<void>;
}

export function mongoEnv(given: { readonly offline?: boolean; readonly dataDir?: string } = {}): MongoEnv {
  let requests = 0;
  let clientRequests = 0;
  const upstream = new Upstream({ concurrency: 10, rate: null, offline: given.offline });
  const stopping = new AbortController();
  const tasks: Promise<void>[] = [];
  const env: AdapterEnv = {
    source: 'kernelci',
    dataDir: given.dataDir ?? '/nonexistent',
    http: { request: () => Promise.reject(new Error('A source on MongoDB asks nothing by HTTP.')) },
    log: SILENT,
    offline: given.offline ?? false,
    upstream: (call, request) =>
      upstream.run(call, async (signal) => {
        requests += 1;
        if (call.isBackground !== true) clientRequests += 1;
        return await request(signal);
      }),
    background: (task) => {
      const { signal } = stopping;
      const call = {
        signal,
        deadline: Number.POSITIVE_INFINITY,
        fields: new Set<string>(),
        log: SILENT,
        isBackground: true,
      };
      tasks.push(task({ ...call, warn: () => undefined }).catch(() => undefined));
    },
  };
  return {
    env,
    requests: () => requests,
    clientRequests: () => clientRequests,
    stop: async () => {
      stopping.abort();
      await Promise.all(tasks);
    },
  };
}

/** A call that waits at most so long, and what it was warned of. */
export function waitingCall(
  milliseconds = 20_000,
  fields: Iterable<string> = [],
): Call & { readonly warnings: SourceError[] } {
  const warnings: SourceError[] = [];
  const signal = AbortSignal.timeout(milliseconds);
  const warn = (error: SourceError) => {
    warnings.push(error);
  };
  return { signal, deadline: Date.now() + milliseconds, fields: new Set(fields), log: SILENT, warn, warnings };
}
