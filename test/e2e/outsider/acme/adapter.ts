import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  CONTRACT,
  type EntityName,
  type EntitySource,
  type Order,
  type PushedFilters,
  type RelationName,
  type RelationSource,
} from 'kcigraph/adapter';
import { AcmeClient } from './client.ts';
import { keysOf } from './ids.ts';
import { type AcmeOptions, options } from './options.ts';
import { MAX_KEYS, Queries, ROWS_PER_REQUEST } from './queries.ts';
import { Relations } from './relations.ts';

/** Acme CI over its REST API. */
export const adapter: AdapterModule<AcmeOptions> = {
  contract: CONTRACT,
  name: 'acme',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 30_000, staleIfError: 600_000 },
  create,
};

/** Newest first is all that Acme's lists know. */
const ORDER: readonly Order[] = ['NEWEST'];
/** A page, the three rows by which its place is found, and one more to know of fit one request. */
const LIST = { order: ORDER, paging: 'offset', maxPage: ROWS_PER_REQUEST - 4 } as const;

function create(given: AcmeOptions, env: AdapterEnv): Adapter {
  const client = new AcmeClient(given, env);
  const queries = new Queries(client);
  const relations = new Relations(queries);

  function entity<E extends EntityName>(name: E, filters: PushedFilters<E>): EntitySource<E> {
    return {
      get: { maxKeys: MAX_KEYS, read: (ids, call) => queries.get(name, ids, call) },
      list: { ...LIST, filters, read: (query, call) => queries.page(name, query, call) },
      freshnessMs: 30_000,
      keys: keysOf(name),
    };
  }
  /** Acme lists the children of one parent a request. */
  function below<R extends RelationName>(
    name: R,
    filters: NonNullable<RelationSource<R>['list']>['filters'],
    parent: EntityName | null,
  ): RelationSource<R> {
    return {
      maxParents: 1,
      list: { ...LIST, filters, read: (parents, query, call) => relations.related(name, parents, query, call) },
      ...(parent === null ? {} : { keys: keysOf(parent) }),
    };
  }

  const ofCheckout: PushedFilters<'checkout'> = { id: ['in'], gitCommitHash: ['in'], treeName: ['in'] };
  const ofBuild: PushedFilters<'build'> = { id: ['in'], checkoutId: ['in'] };
  const ofTest: PushedFilters<'test'> = { id: ['in'], buildId: ['in'] };
  return {
    entities: {
      checkout: entity('checkout', ofCheckout),
      build: entity('build', ofBuild),
      test: entity('test', ofTest),
    },
    relations: {
      checkoutsOfRevision: below('checkoutsOfRevision', ofCheckout, null),
      buildsOfCheckout: below('buildsOfCheckout', ofBuild, 'checkout'),
      testsOfBuild: below('testsOfBuild', ofTest, 'build'),
    },
    start: async () => {},
    stop: async () => {},
    health: async (call) => {
      await client.rows({ list: 'runs', filters: {}, offset: 0, limit: 1 }, call);
      return { ok: true };
    },
  };
}
