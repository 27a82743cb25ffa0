import {
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
import type { FileOptions } from './options.ts';
import type { Queries } from './queries.ts';

/** All lies in memory: a larger batch or page costs nothing but the size of the answer. */
const MAX_KEYS = 1000;
const MAX_PAGE = 1000;
const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];

/** Every entity by key, as a list and counted, as the source is configured. */
export function entitiesOf(options: FileOptions, queries: Queries): EntitySources {
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
export function relationsOf(options: FileOptions, queries: Queries): RelationSources {
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
