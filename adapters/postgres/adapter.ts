import { type Adapter, type AdapterEnv, type AdapterModule, type Call, CONTRACT, type Health } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { capabilities } from './capabilities.ts';
import { ReadClient } from './client.ts';
import { createPools } from './connection/pool.ts';
import { options, type PostgresOptions } from './options.ts';
import { Reads } from './queries/reads.ts';
import { raw } from './sql.ts';
import { createStore } from './store.ts';

/** The native store: KCIDB objects in PostgreSQL. */
export const adapter: AdapterModule<PostgresOptions> = {
  contract: CONTRACT,
  name: 'postgres',
  options,
  defaults: { timeout: 8000, concurrency: 32, rate: null, cacheTtl: 0, staleIfError: 0 },
  create,
};

function create(given: PostgresOptions, env: AdapterEnv): Adapter {
  const pools = createPools(given, env.log);
  const client = new ReadClient(() => pools.reads(), env, given.prepare);
  const reads = new Reads(client);
  const probes = new ReadClient(() => pools.probes(), env, false);
  return {
    capabilities,
    start: () => pools.start(),
    stop: () => pools.stop(),
    health: (call: Call): Promise<Health> => health(probes, call),
    getMany: (entity, ids, call) => reads.getMany(entity, ids, call),
    list: (entity, query, call) => reads.list(entity, query, call),
    related: (relation, parents, query, call) => reads.related(relation, parents, query, call),
    count: (subject, call) => reads.count(subject, call),
    store: createStore(pools, given, env.log),
  };
}

/** The pool has checked the version of the tables by the time that it serves. */
async function health(client: ReadClient, call: Call): Promise<Health> {
  try {
    await client.rows(call, raw('SELECT 1 AS up'));
    return { ok: true };
  } catch (error) {
    if (error instanceof SourceError && error.origin === 'source') return { ok: false, detail: error.message };
    throw error;
  }
}
