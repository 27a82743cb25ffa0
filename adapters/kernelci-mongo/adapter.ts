import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  type Call,
  CONTRACT,
  type Entities,
  type EntityName,
  type EntitySource,
  type EntitySources,
  type FilterOperator,
  type FoundMany,
  type Health,
  type Keys,
  NO_KEYS,
  type Order,
  type Page,
  type PageQuery,
  type PushedFilters,
  type RelationName,
  type RelationSource,
  type RelationSources,
} from '../kit/author.ts';
import { LegacyClient } from './client.ts';
import { Ids } from './ids.ts';
import { type LegacyOptions, options } from './options.ts';
import { BuildQueries } from './queries/builds.ts';
import { CheckoutQueries, MAX_COMMITS } from './queries/checkouts.ts';
import { IncidentQueries, IssueQueries } from './queries/issues.ts';
import type { LegacySource } from './queries/source.ts';
import { TestQueries, TestsOfBuild } from './queries/tests.ts';
import { RevisionIndex } from './revision-index.ts';

/** Reads the database of kernelci-backend, KernelCI's system from 2014 to 2024. */
export const adapter: AdapterModule<LegacyOptions> = {
  contract: CONTRACT,
  name: 'kernelci-mongo',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 300_000, staleIfError: 86_400_000 },
  create,
};

function create(given: LegacyOptions, env: AdapterEnv): Adapter {
  const client = new LegacyClient(given, env);
  const revisions = new RevisionIndex(client, given, env);
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

async function healthOf(client: LegacyClient, revisions: RevisionIndex, call: Call): Promise<Health> {
  const health = await client.health(call);
  return health.ok ? revisions.health : health;
}

const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const MAX_KEYS = 1000;
/** The live system stopped in 2024. */
const FRESHNESS_MS = 300_000;
const BY_TIME = { order: ORDER, paging: 'keyset', maxPage: 500 } as const;
const BY_ID = { order: ORDER, paging: 'offset', maxPage: 200 } as const;
const BELOW = { order: ORDER, paging: 'full', maxPage: 500 } as const;
const IN: readonly FilterOperator[] = ['in'];
const RANGE: readonly FilterOperator[] = ['range'];

/** Reads one entity. */
interface EntityReader<E extends EntityName> {
  getMany(ids: readonly string[], call: Call): Promise<FoundMany<Entities[E]>>;
  list(query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>>;
}
type ReadChildren<R extends RelationName> = NonNullable<RelationSource<R>['list']>['read'];

/** Only queries that an index of the database serves; the README names the index of each. */
function tablesOf(source: LegacySource): {
  readonly entities: EntitySources;
  readonly relations: RelationSources;
} {
  const { keys } = source.ids;
  const checkout = new CheckoutQueries(source);
  const build = new BuildQueries(source);
  const test = new TestQueries(source);
  const issue = new IssueQueries(source);
  const incident = new IncidentQueries(source);
  const testsOfBuild = new TestsOfBuild(source);

  function entity<E extends EntityName>(
    reader: EntityReader<E>,
    own: Keys,
    list: { readonly paging: 'keyset' | 'offset'; readonly maxPage: number; readonly filters: PushedFilters<E> },
    maxKeys = MAX_KEYS,
  ): EntitySource<E> {
    return {
      get: { maxKeys, read: (ids, call) => reader.getMany(ids, call) },
      list: { ...list, order: ORDER, read: (query, call) => reader.list(query, call) },
      ...{ freshnessMs: FRESHNESS_MS, keys: own },
    };
  }
  function relation<R extends RelationName>(
    maxParents: number,
    parents: Keys,
    read: ReadChildren<R>,
  ): RelationSource<R> {
    return { maxParents, list: { ...BELOW, filters: {}, read }, keys: parents };
  }

  const buildFilters = { status: IN, architecture: IN, startTime: RANGE };
  const testFilters = { status: IN, startTime: RANGE };
  return {
    entities: {
      checkout: entity<'checkout'>(
        checkout,
        keys.checkout,
        { ...BY_ID, maxPage: MAX_COMMITS, filters: { id: IN, gitCommitHash: ['in', 'prefix'] } },
        MAX_COMMITS,
      ),
      build: entity<'build'>(build, keys.build, {
        ...BY_TIME,
        filters: { id: IN, checkoutId: IN, gitCommitHash: IN, ...buildFilters },
      }),
      test: entity<'test'>(test, keys.test, { ...BY_TIME, filters: { id: IN, buildId: IN, ...testFilters } }),
      issue: entity<'issue'>(issue, keys.issue, { ...BY_ID, filters: {} }),
      incident: entity<'incident'>(incident, keys.incident, { ...BY_ID, filters: {} }),
    },
    relations: {
      checkoutsOfRevision: relation<'checkoutsOfRevision'>(
        MAX_COMMITS,
        { pattern: '^[0-9a-fA-F]{40}$' },
        (parents, query, call) => checkout.ofRevisions(parents, query, call),
      ),
      buildsOfCheckout: {
        maxParents: 20,
        list: {
          ...{ ...BELOW, filters: buildFilters },
          read: (parents, query, call) => build.ofCheckout.related(parents, query, call),
        },
        count: {
          ...{ precision: 'exact', filters: buildFilters },
          read: (parents, where, call) => build.ofCheckout.count(parents, where, call),
        },
        keys: keys.checkout,
      },
      testsOfBuild: {
        maxParents: 100,
        list: {
          ...{ ...BELOW, filters: testFilters },
          read: (parents, query, call) => testsOfBuild.related(parents, query, call),
        },
        count: {
          ...{ precision: 'exact', filters: testFilters },
          read: (parents, where, call) => testsOfBuild.count(parents, where, call),
        },
        keys: keys.build,
      },
      incidentsOfBuild: relation<'incidentsOfBuild'>(100, keys.build, (parents, query, call) =>
        incident.ofBuilds(parents, query, call),
      ),
      incidentsOfTest: relation<'incidentsOfTest'>(500, keys.test, (parents, query, call) =>
        incident.ofTests(parents, query, call),
      ),
      incidentsOfIssue: relation<'incidentsOfIssue'>(50, keys.issue, (parents, query, call) =>
        incident.ofIssues(parents, query, call),
      ),
      versionsOfIssue: relation<'versionsOfIssue'>(500, keys.issue, (parents, query, call) =>
        issue.versions(parents, query, call),
      ),
      // A regression names the commits between which it began, but no cause or fix.
      issuesOfRevision: { maxParents: 1, keys: NO_KEYS },
    },
  };
}
