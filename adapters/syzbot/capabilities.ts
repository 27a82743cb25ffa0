import {
  type EntityName,
  type EntitySource,
  type EntitySources,
  filtersOf,
  type Keys,
  type Order,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
  type RelationSources,
} from '../kit/author.ts';
import { BUILD_KEYS, CHECKOUT_KEYS, CRASH_KEYS, ISSUE_KEYS } from './ids.ts';
import { pushedFields } from './queries/filters.ts';
import type { Queries } from './queries.ts';

/** From the index: a larger batch costs nothing but the size of the answer. */
const FROM_INDEX = 1000;
/** A bug that the index does not know is one request. */
const ONE_REQUEST = 1;
const MAX_PAGE = 500;
/** Lists come in the order learnt, the newest bugs in front: from the other end they cannot be read. */
const NEWEST: readonly Order[] = ['NEWEST'];
const EITHER: readonly Order[] = ['NEWEST', 'OLDEST'];
/** The index itself knows for how long what it holds is good; what it learns shows at once. */
const FRESHNESS_MS = 1000;

export function entitiesOf(queries: Queries): EntitySources {
  function entity<E extends EntityName>(name: E, maxKeys: number, keys: Keys): EntitySource<E> {
    return {
      get: { maxKeys, read: (ids, call) => queries.get(name, ids, call) },
      list: {
        ...{ order: NEWEST, paging: 'offset', maxPage: MAX_PAGE, filters: pushed(name) },
        read: (query, call) => queries.list(name, query, call),
      },
      ...{ freshnessMs: FRESHNESS_MS, keys },
    };
  }
  return {
    checkout: entity('checkout', FROM_INDEX, CHECKOUT_KEYS),
    build: entity('build', FROM_INDEX, BUILD_KEYS),
    test: entity('test', ONE_REQUEST, CRASH_KEYS),
    issue: entity('issue', ONE_REQUEST, ISSUE_KEYS),
    incident: entity('incident', ONE_REQUEST, CRASH_KEYS),
  };
}

export function relationsOf(queries: Queries): RelationSources {
  function relation<R extends RelationName>(name: R, maxParents: number, keys?: Keys): RelationSource<R> {
    return {
      maxParents,
      list: {
        ...{ order: EITHER, paging: 'full', maxPage: MAX_PAGE, filters: pushed(RELATION_TARGETS[name]) },
        read: (parents, query, call) => queries.related(name, parents, query, call),
      },
      ...(keys === undefined ? {} : { keys }),
    };
  }
  return {
    checkoutsOfRevision: relation('checkoutsOfRevision', FROM_INDEX),
    buildsOfCheckout: relation('buildsOfCheckout', FROM_INDEX, CHECKOUT_KEYS),
    testsOfBuild: relation('testsOfBuild', FROM_INDEX, BUILD_KEYS),
    incidentsOfBuild: relation('incidentsOfBuild', FROM_INDEX, BUILD_KEYS),
    incidentsOfTest: relation('incidentsOfTest', FROM_INDEX, CRASH_KEYS),
    incidentsOfIssue: relation('incidentsOfIssue', ONE_REQUEST, ISSUE_KEYS),
    versionsOfIssue: relation('versionsOfIssue', ONE_REQUEST, ISSUE_KEYS),
    issuesOfRevision: relation('issuesOfRevision', ONE_REQUEST),
  };
}

/** The filters that the index finds by, and those that are the same for all there is, each with all operators. */
function pushed<E extends EntityName>(entity: E) {
  const fields = pushedFields(entity);
  return filtersOf(entity, (field) => fields.includes(field));
}
