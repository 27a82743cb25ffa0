import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  type Call,
  CONTRACT,
  type EntitySource,
  type EntitySources,
  type Health,
  type Keys,
  type Order,
  RELATION_TARGETS,
  type RelationSource,
  type RelationSources,
  type RelationTarget,
} from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import { filtersOf, type PushedFilters } from '../contract/filter.ts';
import { CheckoutIndex, CheckoutsByCommit, sweep } from './checkout-index.ts';
import { MAX_KEYS, MAX_PARENTS, NodeClient, StatsCache } from './client.ts';
import { Ids } from './ids.ts';
import type { NodeEntity } from './node.ts';
import { type MaestroOptions, options } from './options.ts';
import type { MaestroSource } from './queries/candidates.ts';
import {
  buildsOfCheckouts,
  checkoutsOfRevisions,
  kbuildsOfCheckouts,
  Relation,
  testsOfBuilds,
} from './queries/children.ts';
import { getMany } from './queries/get.ts';
import { listNodes } from './queries/list.ts';
import { Suites } from './suites.ts';
import { LAVA_LABS } from './translate.ts';
import { Descendants, Lineage } from './tree.ts';

const HOUR_MS = 3_600_000;

/** Reads the database of Maestro, today's KernelCI. */
export const adapter: AdapterModule<MaestroOptions> = {
  contract: CONTRACT,
  name: 'maestro-mongo',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 5000, staleIfError: 600_000 },
  create,
};

function create(given: MaestroOptions, env: AdapterEnv): Adapter {
  const client = new NodeClient(given, env);
  const index = new CheckoutIndex(client, env);
  const stats = new StatsCache(client);
  const lineage = new Lineage(client, env);
  const source: MaestroSource = {
    ...{ client, stats, lineage },
    descendants: new Descendants(client, lineage, given.lifetime * HOUR_MS),
    byCommit: new CheckoutsByCommit(index, stats),
    translation: {
      ids: new Ids(given.origin),
      suites: new Suites(given.suites),
      labs: { ...LAVA_LABS, ...given.labs },
      viewer: given.viewer,
    },
  };
  const stopping = new AbortController();
  let isStarted = false;
  return {
    entities: entitiesOf(source),
    relations: relationsOf(source),
    start: async () => {
      if (isStarted) return;
      isStarted = true;
      index.open();
      if (env.offline === true) return;
      env.background((call) => {
        return sweep(index, stats, env, { ...call, signal: AbortSignal.any([call.signal, stopping.signal]) });
      });
    },
    stop: async () => {
      stopping.abort();
      index.close();
      await client.close();
    },
    health: (call) => health(client, () => (stats.isLarge ? index.reach : null), call),
  };
}

async function health(client: NodeClient, reach: () => string | null, call: Call): Promise<Health> {
  try {
    const state = await client.health(call);
    const detail = reach();
    return state.ok && detail !== null ? { ok: true, detail } : state;
  } catch (error) {
    if (error instanceof SourceError && error.origin === 'source') return { ok: false, detail: error.message };
    throw error;
  }
}

const MAX_PAGE = 500;
const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const FRESH_MS = 5_000;

interface NodeKeys {
  readonly nodes: Keys;
  readonly builds: Keys;
}

function keysOf({ translation }: MaestroSource): NodeKeys {
  const { origin } = translation.ids;
  const origins = [origin];
  return {
    nodes: { origins, pattern: `^${origin}:[0-9a-f]{24}$` },
    builds: { origins, pattern: `^${origin}:(dummy_)?[0-9a-f]{24}(_[a-z0-9_]+)?$` },
  };
}

/** The adapter does not show regressions, so it has neither issues nor incidents. */
function entitiesOf(source: MaestroSource): EntitySources {
  const keys = keysOf(source);
  /** Lists are ordered by `_id`, the only index that every database has; it is nearly the order of creation. */
  function entity<E extends NodeEntity>(name: E, own: Keys, filters: PushedFilters<E>): EntitySource<E> {
    return {
      get: { maxKeys: MAX_KEYS, read: (ids, call) => getMany(name, ids, source, call) },
      list: {
        ...{ order: ORDER, paging: 'offset', maxPage: MAX_PAGE, filters },
        read: (query, call) => listNodes(name, query, source, call),
      },
      ...{ freshnessMs: FRESH_MS, keys: own },
    };
  }
  return {
    checkout: entity('checkout', keys.nodes, { gitCommitHash: ['in', 'prefix'] }),
    build: entity('build', keys.builds, {}),
    test: entity('test', keys.nodes, {}),
  };
}

/** All children are read, so that any filter on their own fields can be applied. */
function relationsOf(source: MaestroSource): RelationSources {
  const keys = keysOf(source);
  function relation<R extends RelationToNodes>(name: R, parents: Keys): RelationSource<R> {
    const children = RELATIONS[name];
    const filters = filtersOf(RELATION_TARGETS[name], (_, reads) => reads === 'self');
    return {
      maxParents: MAX_PARENTS,
      list: {
        ...{ order: ORDER, paging: 'full', maxPage: MAX_PAGE, filters },
        read: (ids, query, call) => children.pages(ids, query, source, call),
      },
      count: { precision: 'exact', filters, read: (ids, where, call) => children.counts(ids, where, source, call) },
      keys: parents,
    };
  }
  return {
    // Like the bridge, the adapter gives no checkout a patch set.
    checkoutsOfRevision: relation('checkoutsOfRevision', { pattern: '^[0-9a-fA-F]{40}$' }),
    buildsOfCheckout: relation('buildsOfCheckout', keys.nodes),
    testsOfBuild: relation('testsOfBuild', keys.builds),
  };
}

/** The relations that lead to nodes. */
export type RelationToNodes = 'checkoutsOfRevision' | 'buildsOfCheckout' | 'testsOfBuild';

/** The readers of the children of each relation. */
const RELATIONS: { readonly [R in RelationToNodes]: Relation<RelationTarget<R>> } = {
  checkoutsOfRevision: new Relation('checkout', checkoutsOfRevisions),
  buildsOfCheckout: new Relation('build', buildsOfCheckouts, kbuildsOfCheckouts),
  testsOfBuild: new Relation('test', testsOfBuilds),
};
