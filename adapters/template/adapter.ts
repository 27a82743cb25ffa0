import { type Adapter, type AdapterEnv, type AdapterModule, CONTRACT } from '../kit/author.ts';
import { capabilitiesOf } from './capabilities.ts';
import { createClient } from './client.ts';
import { type FileOptions, options } from './options.ts';
import { Queries } from './queries.ts';

/** KCIDB documents from a folder, a file or a URL. */
export const adapter: AdapterModule<FileOptions> = {
  contract: CONTRACT,
  name: 'file',
  options,
  defaults: { timeout: 8000, concurrency: 4, rate: null, cacheTtl: 0, staleIfError: 0 },
  create,
};

function create(given: FileOptions, env: AdapterEnv): Adapter {
  const client = createClient(given, env);
  const queries = new Queries(client, given.paging);
  return {
    capabilities: capabilitiesOf(given),
    start: async () => client.start(),
    stop: () => client.stop(),
    health: (call) => client.health(call),
    getMany: (entity, keys, call) => queries.getMany(entity, keys, call),
    list: (entity, query, call) => queries.list(entity, query, call),
    related: (relation, parents, query, call) => queries.related(relation, parents, query, call),
    count: (subject, call) => queries.count(subject, call),
  };
}
