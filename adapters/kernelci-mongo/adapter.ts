import { type Adapter, type AdapterEnv, type AdapterModule, type Call, CONTRACT, type Health } from '../kit/author.ts';
import { LegacyClient } from './client.ts';
import { Ids } from './ids.ts';
import { type LegacyOptions, options } from './options.ts';
import { tablesOf } from './queries.ts';
import { Revisions } from './revisions.ts';

/** KernelCI's system of 2014 to 2024, kernelci-backend, by its database. */
export const adapter: AdapterModule<LegacyOptions> = {
  contract: CONTRACT,
  name: 'kernelci-mongo',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 300_000, staleIfError: 86_400_000 },
  create,
};

function create(given: LegacyOptions, env: AdapterEnv): Adapter {
  const client = new LegacyClient(given, env);
  const revisions = new Revisions(client, given, env);
  const ids = new Ids(given);
  const { storageUrl: storage, boots } = given;
  const { offline = false, cacheTtl } = env;
  const kept = cacheTtl === undefined ? {} : { cacheTtl };
  const tables = tablesOf({ client, revisions, ids, storage, boots, offline, ...kept });
  return {
    ...tables,
    start: async () => revisions.start(),
    stop: async () => {
      revisions.stop();
      await client.close();
    },
    health: async (call) => (env.offline ? revisions.health : await healthOf(client, revisions, call)),
  };
}

async function healthOf(client: LegacyClient, revisions: Revisions, call: Call): Promise<Health> {
  const health = await client.health(call);
  return health.ok ? revisions.health : health;
}
