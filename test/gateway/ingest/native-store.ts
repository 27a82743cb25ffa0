import { tmpdir } from 'node:os';
import type { AdapterEnv, Logger, Store } from '../../../adapters/contract/adapter.ts';
import { adapter } from '../../../adapters/postgres/adapter.ts';

/** Says nothing: what is logged here is expected. */
export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The native store on a database, as a gateway opens it. */
export async function openNativeStore(url: string): Promise<{ readonly store: Store; stop(): Promise<void> }> {
  const native = adapter.create(adapter.options.parse({ url, connectTimeout: 1000 }), ENV);
  await native.start();
  if (native.store === undefined) throw new Error('The postgres adapter has no store.');
  return { store: native.store, stop: () => native.stop() };
}

const ENV: AdapterEnv = {
  source: 'native',
  dataDir: tmpdir(),
  log: SILENT,
  http: {
    request: async () => {
      throw new Error('The native store asks nobody by HTTP.');
    },
  },
  upstream: (call, request) => request(call.signal),
  background: () => {},
};
