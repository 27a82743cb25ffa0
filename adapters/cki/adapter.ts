import { type Adapter, type AdapterEnv, type AdapterModule, CONTRACT } from '../kit/author.ts';
import { maxAgeOf } from '../kit/max-age.ts';
import { entitiesOf, relationsOf } from './capabilities.ts';
import { CkiClient } from './client.ts';
import { healthOf } from './health.ts';
import { Learnt } from './learnt/learnt.ts';
import { Sweep } from './learnt/sweep.ts';
import { type CkiOptions, options } from './options.ts';
import { Children } from './queries/children.ts';
import { Commits } from './queries/commits.ts';
import { findersOf } from './queries/finders.ts';
import { LookUp } from './queries/look-up.ts';
import { Rows } from './queries/rows.ts';
import { WholeCheckouts } from './queries/whole-checkouts.ts';
import { Queries } from './queries.ts';

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
