/**
 * Reads: the table of capabilities (here) leads to one function for each kind of question, which builds one SQL statement for
 * all keys or parents: columns for the selected fields, conditions for the filter, a keyset for the page, an access path that fits
 * both. The client sends it with a permit over a connection of the pool, and rows become objects of the model.
 * Writes: objects are copied into staging tables, merged into the tables of the entities, and committed with their receipt.
 */

import {
  type Adapter,
  type AdapterEnv,
  type AdapterModule,
  type Call,
  CONTRACT,
  type EntitySource,
  type EntitySources,
  type Health,
  type Logger,
  type Order,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
  type RelationSources,
  type Store,
} from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import { filtersOf } from '../contract/filter.ts';
import type { EntityName } from '../contract/model.ts';
import { Semaphore } from '../kit/semaphore.ts';
import { toSourceError } from './connection/faults.ts';
import { createPools, type Pools } from './connection/pool.ts';
import { Transaction, type TransactionKind } from './connection/transaction.ts';
import { options, type PostgresOptions } from './options.ts';
import { ReadClient } from './read/client.ts';
import { Reads } from './read/queries.ts';
import { raw } from './read/sql.ts';
import { load } from './write/load.ts';
import { purge } from './write/purge.ts';
import { dropOldReceipts, keepReceipt, readReceipt } from './write/receipts.ts';

/** The native store: KCIDB objects in PostgreSQL. */
export const adapter: AdapterModule<PostgresOptions> = {
  contract: CONTRACT,
  name: 'postgres',
  options,
  defaults: { timeout: 8000, concurrency: 32, rate: null, cacheTtl: 0, staleIfError: 0 },
  create,
};

function create(given: PostgresOptions, env: AdapterEnv): Adapter {
  const pools = createPools(given, env.log);
  const client = new ReadClient(() => pools.reads(), env, given.prepare);
  const reads = new Reads(client);
  const probes = new ReadClient(() => pools.probes(), env, false);
  return {
    entities: entitiesOf(reads),
    relations: relationsOf(reads),
    start: () => pools.start(),
    stop: () => pools.stop(),
    health: (call: Call): Promise<Health> => health(probes, call),
    store: createStore(pools, given, env.log),
  };
}

/** The pool has checked the version of the tables by the time that it serves. */
async function health(client: ReadClient, call: Call): Promise<Health> {
  try {
    await client.rows(call, raw('SELECT 1 AS up'));
    return { ok: true };
  } catch (error) {
    if (error instanceof SourceError && error.origin === 'source') return { ok: false, detail: error.message };
    throw error;
  }
}

/** One statement takes so many keys or parents; more would only make the answer large. */
const MAX_KEYS = 1000;
const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const LIST = { order: ORDER, paging: 'keyset', maxPage: 2000 } as const;

/** Every entity by key, as a list and counted, with every filter there is. */
function entitiesOf(reads: Reads): EntitySources {
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
function relationsOf(reads: Reads): RelationSources {
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

/** Milliseconds between two clearings of old receipts. */
const CLEARING = 3_600_000;

/** The write side of the native store. */
export function createStore(pools: Pools, given: PostgresOptions, log: Logger): Store {
  const begin = (kind: TransactionKind) => new Transaction(() => pools.loads(), given.prepare, kind);
  // Waited for before the first object is read, and without the time limit that the pool has: a load may take minutes.
  const semaphore = new Semaphore(given.loadPoolSize);
  let cleared = 0;
  const clear = async () => {
    if (Date.now() - cleared < CLEARING) return;
    cleared = Date.now();
    // Nobody waits for it, and it is tried again.
    await asSource(async () => dropOldReceipts(await pools.loads())).catch((error: unknown) =>
      log.warn({ err: error }, 'Old receipts could not be removed.'),
    );
  };
  return {
    async load(objects, by, call) {
      const counts = await semaphore.run(() => load(begin('load'), objects, by, call.signal), call.signal);
      await clear();
      return counts;
    },
    receipt: (id) => asSource(async () => readReceipt(await pools.loads(), id)),
    record: (receipt) => asSource(async () => keepReceipt(await pools.loads(), receipt)),
    migrate: () => pools.migrate(),
    async purge(before, origins, dryRun) {
      const counts = await purge(begin, before, origins, dryRun);
      await asSource(async () => dropOldReceipts(await pools.loads()));
      return counts;
    },
  };
}

async function asSource<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toSourceError(error);
  }
}
