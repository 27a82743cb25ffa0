import { type Adapter, type AdapterEnv, type AdapterModule, type Call, CONTRACT, type Health } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { maxAgeOf } from '../kit/max-age.ts';
import { BugIndex } from './bug-index.ts';
import { Bugs } from './bugs.ts';
import { entitiesOf, relationsOf } from './capabilities.ts';
import { SyzbotClient } from './client.ts';
import { options, type SyzbotOptions } from './options.ts';
import { KnownBugs } from './queries/known-bugs.ts';
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
