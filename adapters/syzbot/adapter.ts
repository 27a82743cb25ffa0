import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  type Call,
  CONTRACT,
  type Health,
} from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
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
import { maxAgeOf } from '../kit/cache.ts';
import { KnownBugs } from './bug-cache.ts';
import { BugIndex, Bugs } from './bug-index.ts';
import { SyzbotClient } from './client.ts';
import { pushedFields } from './filters.ts';
import { BUILD_KEYS, CHECKOUT_KEYS, CRASH_KEYS, ISSUE_KEYS } from './ids.ts';
import { options, type SyzbotOptions } from './options.ts';
import { Queries } from './queries.ts';
import { Sweep } from './sweep.ts';

/** Google's syzbot: bugs that fuzzing found, with their crashes. */
export const adapter: AdapterModule<SyzbotOptions> = {
  contract: CONTRACT,
  name: 'syzbot',
  options,
  // One request a second is what the project's own client keeps to.
  defaults: { timeout: 8000, concurrency: 2, rate: 1, cacheTtl: 1000, staleIfError: 86_400_000 },
  create,
};

function create(given: SyzbotOptions, env: AdapterEnv): Adapter {
  const { log, source } = env;
  const client = new SyzbotClient(given, env.http);
  const index = new BugIndex(given, env);
  const bugs = new Bugs(client, index, given);
  const sweep = env.offline === true ? null : new Sweep(given, { client, index, bugs, log, source });
  const known = new KnownBugs({ options: given, index, bugs, sweep, maxAge: maxAgeOf(given.freshness, env) });
  const queries = new Queries(index, known, sweep?.listed ?? null);
  let stopping: AbortController | null = null;

  return {
    entities: entitiesOf(queries),
    relations: relationsOf(queries),
    start: async () => {
      if (stopping !== null) return;
      const stop = new AbortController();
      stopping = stop;
      index.open();
      if (sweep !== null)
        env.background((call) => sweep.run({ ...call, signal: AbortSignal.any([call.signal, stop.signal]) }));
    },
    stop: async () => {
      stopping?.abort();
      stopping = null;
      index.close();
    },
    health: (call) => healthOf(call),
  };

  async function healthOf(call: Call): Promise<Health> {
    // What the index holds does not tell whether the dashboard is there now.
    const absence = sweep === null || call.isProbe !== true ? null : await absenceOf(client, call);
    if (absence !== null) return { ok: false, detail: absence };
    const { fault: diskFault } = index.entries.reach();
    const isKnown = () => sweep === null || index.entries.count('issue') > 0 || sweep.listed.listCount > 0;
    // Where nothing is known at all it must be seen whether the dashboard answers.
    while (!isKnown() && sweep?.fault === null && !call.signal.aborted) {
      const left = call.deadline - 100 - Date.now();
      if (left <= 0) break;
      await index.learnt(left, call.signal);
    }
    if (!isKnown()) return { ok: false, detail: sweep?.fault?.message ?? 'The dashboard has not answered yet.' };
    const outage = sweep === null || sweep.isFilling ? null : sweep.outage;
    if (outage !== null) return { ok: false, detail: outage.message };
    const fault = sweep === null || sweep.fault === null || sweep.isFilling ? [] : [sweep.fault.message];
    return { ok: true, detail: [known.reach(), ...fault, ...(diskFault === null ? [] : [diskFault])].join(' ') };
  }
}

/** Why the dashboard does not answer; null where it does. */
async function absenceOf(client: SyzbotClient, call: Call): Promise<string | null> {
  try {
    await client.ping(call);
    return null;
  } catch (error) {
    // A dashboard that wants rest is there.
    const isAbsent = error instanceof SourceError && error.origin === 'source' && error.code !== 'SOURCE_RATE_LIMITED';
    if (!isAbsent) throw error;
    return error.message;
  }
}

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
