import { randomUUID } from 'node:crypto';
import type { Call, Loaded, Logger, Store, StoredObject } from '../../adapters/contract/adapter.ts';
import { createStore } from '../../adapters/postgres/adapter.ts';
import { createPools, type Pools } from '../../adapters/postgres/connection/pool.ts';
import { options } from '../../adapters/postgres/options.ts';

/** The write side of a native store, as a gateway has it. */
export interface OpenStore {
  readonly store: Store;
  readonly pools: Pools;
  /** Loads one document, as an operator. */
  load(...objects: readonly StoredObject[]): Promise<Loaded>;
  rows<R extends object>(sql: string): Promise<readonly R[]>;
  stop(): Promise<void>;
}

export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Nothing is connected to before it is used. */
export function openStore(url: string, given: object = {}, log: Logger = SILENT): OpenStore {
  const parsed = options.parse({ url, ...given });
  const pools = createPools(parsed, log);
  const store = createStore(pools, parsed, log);
  return {
    store,
    pools,
    load(...objects) {
      return store.load(arriving(objects), { origins: null, submission: randomUUID() }, aCall());
    },
    rows: async <R extends object>(sql: string) => (await (await pools.reads()).query<R>(sql)).rows,
    stop: () => pools.stop(),
  };
}

export function aCall(signal = new AbortController().signal): Call {
  return { signal, deadline: Number.POSITIVE_INFINITY, fields: new Set(), log: SILENT, warn() {} };
}

export async function* arriving(objects: Iterable<StoredObject>): AsyncIterable<StoredObject> {
  yield* objects;
}
