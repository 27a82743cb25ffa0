import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  type Call,
  CONTRACT,
  type EntitySources,
  type Health,
  type Keys,
  NO_KEYS,
  type Order,
  type RelationName,
  type RelationSource,
  type RelationSources,
  SourceError,
} from '../kit/author.ts';
import { maxAgeOf } from '../kit/cache.ts';
import { CkiClient } from './client.ts';
import { type CkiOptions, options } from './options.ts';
import { Children } from './queries/children.ts';
import { Commits } from './queries/commits.ts';
import { findersOf, LookUp } from './queries/look-up.ts';
import { Rows, WholeCheckouts } from './queries/rows.ts';
import { Queries } from './queries.ts';
import { Learnt } from './record-store.ts';
import { Sweep } from './sweep.ts';

/** Red Hat's CKI DataWarehouse. It is one host of a public project: by default it is asked once a second. */
export const adapter: AdapterModule<CkiOptions> = {
  contract: CONTRACT,
  name: 'cki',
  options,
  defaults: { timeout: 8_000, concurrency: 2, rate: 1, cacheTtl: 60_000, staleIfError: 86_400_000 },
  create,
};

function create(given: CkiOptions, env: AdapterEnv): Adapter {
  const { origin, freshness } = given;
  const isOffline = env.offline === true;
  const indexAge = maxAgeOf(Number.POSITIVE_INFINITY, env);
  const maxAge = maxAgeOf(freshness, env);
  const client = new CkiClient(given, env);
  const learnt = new Learnt(given, env);
  const sweep = new Sweep(given, env, client, learnt);
  const lookUp = new LookUp({ client, learnt, origin, maxAge });
  const commits = new Commits({ learnt, sweep, lookUp, maxAge: indexAge });
  const whole = new WholeCheckouts(client, learnt, given.all);
  const rows = new Rows({ client, learnt, maxAge, isOffline, whole });
  const finders = findersOf(lookUp, rows, given);
  const children = new Children({ options: given, rows, commits, finders, pageSize: (path) => client.pageSize(path) });
  const queries = new Queries({ finders, children, commits });
  let isStarted = false;
  return {
    entities: entitiesOf(given, queries),
    relations: relationsOf(given, queries),
    start: async () => {
      learnt.open();
      if (!isStarted) sweep.start();
      isStarted = true;
    },
    stop: async () => learnt.close(),
    health: (call) => healthOf({ client, sweep, isOffline }, call),
  };
}

/** How the source is: as it was when it was asked last, if that went well, else, and for a probe, as it is now. */
export async function healthOf(
  { client, sweep, isOffline }: { readonly client: CkiClient; readonly sweep: Sweep; readonly isOffline: boolean },
  call: Call,
): Promise<Health> {
  if (isOffline) return { ok: true, detail: `What is on disk is shown. ${sweep.detail}` };
  if (sweep.isWell && call.isProbe !== true) return { ok: true, detail: sweep.detail };
  try {
    await client.rows('checkouts', null, 0, call);
    return { ok: true, detail: sweep.detail };
  } catch (error) {
    if (error instanceof SourceError && error.origin === 'source') return { ok: false, detail: error.message };
    throw error;
  }
}

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
