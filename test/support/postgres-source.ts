import type { Adapter, AdapterEnv, Call, Logger } from '../../adapters/contract/adapter.ts';
import { adapter } from '../../adapters/postgres/adapter.ts';

export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The native store on a database, as the gateway makes it but without a guard; `statements` counts what it ran. */
export interface PostgresSource {
  readonly source: Adapter;
  readonly statements: () => number;
}

export function postgresSource(url: string, options: object = {}): PostgresSource {
  let statements = 0;
  const env: AdapterEnv = {
    source: 'native',
    dataDir: '/nonexistent',
    http: { request: () => Promise.reject(new Error('The native store asks nothing by HTTP.')) },
    log: SILENT,
    upstream: (call, request) => {
      statements += 1;
      return request(call.signal);
    },
    background: () => undefined,
  };
  const source = adapter.create(adapter.options.parse({ url, poolSize: 4, ...options }), env);
  return { source, statements: () => statements };
}

/** A call for some fields that waits at most so many milliseconds. */
export function callFor(fields: Iterable<string>, milliseconds = 30_000, signal = new AbortController().signal): Call {
  return { signal, deadline: Date.now() + milliseconds, fields: new Set(fields), log: SILENT, warn: () => undefined };
}
