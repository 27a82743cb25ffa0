import {
  type EntitySource,
  type EntitySources,
  type Keys,
  type Order,
  RELATION_TARGETS,
  type RelationSource,
  type RelationSources,
} from '../adapter.ts';
import { filtersOf, type PushedFilters } from '../filter.ts';
import { MAX_KEYS, MAX_PARENTS } from './client.ts';
import type { NodeEntity } from './nodes/node.ts';
import { getMany } from './queries/get-many.ts';
import { listNodes } from './queries/list-nodes.ts';
import { RELATIONS, type RelationToNodes } from './queries/related.ts';
import type { MaestroSource } from './queries/source.ts';

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

/** Regressions are not shown, so that there are neither issues nor incidents. */
export function entitiesOf(source: MaestroSource): EntitySources {
  const keys = keysOf(source);
  /** Nodes stand in lists by `_id`, the one index that is sure to be there, and it is all but the time of their creation. */
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

/** Children are read whole, so that any filter on themselves can be applied to them. */
export function relationsOf(source: MaestroSource): RelationSources {
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
    // No checkout says that it has patches, as the bridge has it.
    checkoutsOfRevision: relation('checkoutsOfRevision', { pattern: '^[0-9a-fA-F]{40}$' }),
    buildsOfCheckout: relation('buildsOfCheckout', keys.nodes),
    testsOfBuild: relation('testsOfBuild', keys.builds),
  };
}
