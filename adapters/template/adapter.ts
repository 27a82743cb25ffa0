import { type Adapter, type AdapterEnv, type AdapterModule, CONTRACT } from '../kit/author.ts';
import { entitiesOf, relationsOf } from './capabilities.ts';
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
    entities: entitiesOf(given, queries),
    relations: relationsOf(given, queries),
    start: async () => client.start(),
    stop: () => client.stop(),
    health: (call) => client.health(call),
  };
}
