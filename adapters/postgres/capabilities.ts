import {
  type EntitySource,
  type EntitySources,
  type Order,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
  type RelationSources,
} from '../adapter.ts';
import { filtersOf } from '../filter.ts';
import type { EntityName } from '../model.ts';
import type { Reads } from './queries/reads.ts';

/** One statement takes so many keys or parents; more would only make the answer large. */
const MAX_KEYS = 1000;
const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const LIST = { order: ORDER, paging: 'keyset', maxPage: 2000 } as const;

/** Every entity by key, as a list and counted, with every filter there is. */
export function entitiesOf(reads: Reads): EntitySources {
  function entity<E extends EntityName>(name: E): EntitySource<E> {
    const filters = filtersOf(name);
    return {
      get: { maxKeys: MAX_KEYS, read: (ids, call) => reads.get(name, ids, call) },
      list: { ...LIST, filters, read: (query, call) => reads.list(name, query, call) },
      count: {
        precision: 'exact',
        filters,
        read: (where, call, allVersions = false) => reads.count(name, where, allVersions, call),
      },
      freshnessMs: 0,
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

/** Every relation, the direct ones too. */
export function relationsOf(reads: Reads): RelationSources {
  function relation<R extends RelationName>(name: R): RelationSource<R> {
    const filters = filtersOf(RELATION_TARGETS[name]);
    return {
      maxParents: MAX_KEYS,
      list: { ...LIST, filters, read: (parents, query, call) => reads.related(name, parents, query, call) },
      count: {
        precision: 'exact',
        filters,
        read: (parents, where, call) => reads.countBelow(name, parents, where, call),
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
    buildsOfRevision: relation('buildsOfRevision'),
    testsOfRevision: relation('testsOfRevision'),
    incidentsOfRevision: relation('incidentsOfRevision'),
    testsOfCheckout: relation('testsOfCheckout'),
  };
}
