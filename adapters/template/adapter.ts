import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  CONTRACT,
  type EntityName,
  type EntitySource,
  type EntitySources,
  filtersOf,
  type Order,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
  type RelationSources,
} from '../kit/author.ts';
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

/** All lies in memory: a larger batch or page costs nothing but the size of the answer. */
const MAX_KEYS = 1000;
const MAX_PAGE = 1000;
const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];

/** Every entity by key, as a list and counted, as the source is configured. */
function entitiesOf(options: FileOptions, queries: Queries): EntitySources {
  function entity<E extends EntityName>(name: E): EntitySource<E> {
    const filters = filtersOf(name, (field) => options.filters === 'all' || options.filters.includes(field));
    return {
      get: { maxKeys: MAX_KEYS, read: (ids, call) => queries.get(name, ids, call) },
      list: {
        ...{ order: ORDER, paging: options.paging, maxPage: MAX_PAGE, filters },
        read: (query, call) => queries.list(name, query, call),
      },
      count: {
        ...{ precision: 'exact', filters },
        read: (where, call, allVersions = false) => queries.count(name, where, allVersions, call),
      },
      // Files are followed as they change; what was fetched is as old as it may be.
      freshnessMs: options.url === undefined ? 0 : options.freshness,
    };
  }
  return {
    checkout: entity('checkout'),
    build: entity('build'),
    test: entity('test'),
    issue: entity('issue'),
    incident: entity('incident'),
  };
}

/** The children of many parents at once, listed and counted. */
function relationsOf(options: FileOptions, queries: Queries): RelationSources {
  function relation<R extends RelationName>(name: R): RelationSource<R> {
    const filters = filtersOf(
      RELATION_TARGETS[name],
      (field) => options.filters === 'all' || options.filters.includes(field),
    );
    return {
      maxParents: MAX_KEYS,
      list: {
        ...{ order: ORDER, paging: options.paging, maxPage: MAX_PAGE, filters },
        read: (parents, query, call) => queries.related(name, parents, query, call),
      },
      count: {
        ...{ precision: 'exact', filters },
        read: (parents, where, call) => queries.countBelow(name, parents, where, call),
      },
    };
  }
  return {
    checkoutsOfRevision: relation('checkoutsOfRevision'),
    buildsOfCheckout: relation('buildsOfCheckout'),
    testsOfBuild: relation('testsOfBuild'),
    incidentsOfBuild: relation('incidentsOfBuild'),
    incidentsOfTest: relation('incidentsOfTest'),
    incidentsOfIssue: relation('incidentsOfIssue'),
    versionsOfIssue: relation('versionsOfIssue'),
    issuesOfRevision: relation('issuesOfRevision'),
  };
}
