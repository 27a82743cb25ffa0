import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  type Call,
  CONTRACT,
  type Entities,
  type EntityName,
  type FoundMany,
  type Page,
  type PageQuery,
  type RelationName,
  type RelationTarget,
} from 'kcigraph/adapter';
import { capabilities } from './capabilities.ts';
import { AcmeClient } from './client.ts';
import { type AcmeOptions, options } from './options.ts';
import { Queries } from './queries.ts';
import { Relations } from './relations.ts';

/** Acme CI over its REST API. */
export const adapter: AdapterModule<AcmeOptions> = {
  contract: CONTRACT,
  name: 'acme',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 30_000, staleIfError: 600_000 },
  create: (given, env) => new AcmeAdapter(given, env),
};

class AcmeAdapter implements Adapter {
  readonly capabilities = capabilities;
  readonly #client: AcmeClient;
  readonly #queries: Queries;
  readonly #relations: Relations;

  constructor(given: AcmeOptions, env: AdapterEnv) {
    this.#client = new AcmeClient(given, env);
    this.#queries = new Queries(this.#client);
    this.#relations = new Relations(this.#queries);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async health(call: Call) {
    await this.#client.rows({ list: 'runs', filters: {}, offset: 0, limit: 1 }, call);
    return { ok: true };
  }

  getMany<E extends EntityName>(entity: E, ids: readonly string[], call: Call): Promise<FoundMany<Entities[E]>> {
    return this.#queries.getMany(entity, ids, call);
  }

  list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    return this.#queries.page(entity, query, call);
  }

  related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]>>> {
    return this.#relations.related(relation, parents, query, call);
  }
}
