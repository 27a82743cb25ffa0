import {
  type EntitySources,
  type Keys,
  NO_KEYS,
  type Order,
  type RelationName,
  type RelationSource,
  type RelationSources,
} from '../kit/author.ts';
import type { CkiOptions } from './options.ts';
import type { Queries } from './queries.ts';

const NEWEST: readonly Order[] = ['NEWEST'];
/** Commits are looked up in the index on disk, which costs no request: as many at once as are asked. */
const MAX_COMMITS = 500;
/** One request a thing. */
const ONE = 1;

/** Lists come in the order of the DataWarehouse. The places before a page are read along with it: both in one request. */
function listOf({ pageSize }: CkiOptions) {
  return { order: NEWEST, paging: 'offset', maxPage: Math.max(1, pageSize - 4), filters: {} } as const;
}

/** What is looked up by id, one request a thing, and what is listed as a whole. */
export function entitiesOf(options: CkiOptions, queries: Queries): EntitySources {
  const { origin, freshness: freshnessMs } = options;
  const list = listOf(options);
  // The DataWarehouse has numbers of its own too, by which it finds the same things.
  const keys: Keys = { origins: [origin, ''], pattern: '^([0-9]{1,15}$|.*:)' };
  return {
    checkout: {
      get: { maxKeys: ONE, read: (ids, call) => queries.get('checkout', ids, call) },
      list: {
        ...{ ...list, filters: { gitCommitHash: ['in', 'prefix'] } },
        read: (query, call) => queries.checkouts(query, call),
      },
      ...{ freshnessMs, keys },
    },
    build: { get: { maxKeys: ONE, read: (ids, call) => queries.get('build', ids, call) }, freshnessMs, keys },
    test: { get: { maxKeys: ONE, read: (ids, call) => queries.get('test', ids, call) }, freshnessMs, keys },
    issue: {
      get: { maxKeys: ONE, read: (ids, call) => queries.get('issue', ids, call) },
      list: { ...list, read: (query, call) => queries.issues(query, call) },
      ...{ freshnessMs, keys },
    },
    incident: {
      get: { maxKeys: ONE, read: (ids, call) => queries.get('incident', ids, call) },
      ...{ freshnessMs, keys: { origins: [origin] } },
    },
  };
}

/** Children, one request a parent; the checkouts of a commit from the index. */
export function relationsOf(options: CkiOptions, queries: Queries): RelationSources {
  const keys: Keys = { origins: [options.origin] };
  function relation<R extends RelationName>(name: R): RelationSource<R> {
    const read: NonNullable<RelationSource<R>['list']>['read'] = (parents, query, call) =>
      queries.related(name, parents, query, call);
    return { maxParents: ONE, list: { ...listOf(options), read }, keys };
  }
  return {
    checkoutsOfRevision: {
      maxParents: MAX_COMMITS,
      list: {
        ...{ order: ['NEWEST', 'OLDEST'], paging: 'full', maxPage: 1000, filters: { gitCommitHash: ['in', 'prefix'] } },
        read: (parents, query, call) => queries.related('checkoutsOfRevision', parents, query, call),
      },
    },
    buildsOfCheckout: relation('buildsOfCheckout'),
    testsOfBuild: relation('testsOfBuild'),
    incidentsOfBuild: relation('incidentsOfBuild'),
    incidentsOfTest: relation('incidentsOfTest'),
    versionsOfIssue: relation('versionsOfIssue'),
    // The DataWarehouse lists no incidents of an issue.
    incidentsOfIssue: { maxParents: ONE, keys },
    // An issue of the DataWarehouse names no commit as its cause or fix.
    issuesOfRevision: { maxParents: ONE, keys: NO_KEYS },
  };
}
