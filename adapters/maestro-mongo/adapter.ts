import { type Adapter, type AdapterEnv, type AdapterModule, type Call, CONTRACT, type Health } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { entitiesOf, relationsOf } from './capabilities.ts';
import { ByCommit } from './checkouts/by-commit.ts';
import { CheckoutIndex } from './checkouts/checkout-index.ts';
import { sweep } from './checkouts/sweep.ts';
import { NodeClient } from './client.ts';
import { Ids } from './ids.ts';
import { Descendants } from './nodes/descendants.ts';
import { Lineage } from './nodes/lineage.ts';
import { Shapes } from './nodes/shapes.ts';
import { type MaestroOptions, options } from './options.ts';
import type { MaestroSource } from './queries/source.ts';
import { LAVA_LABS } from './translate/labs.ts';
import { Suites } from './translate/suites.ts';

const HOUR_MS = 3_600_000;

/** Today's KernelCI: Maestro's own database. */
export const adapter: AdapterModule<MaestroOptions> = {
  contract: CONTRACT,
  name: 'maestro-mongo',
  options,
  defaults: { timeout: 8000, concurrency: 8, rate: null, cacheTtl: 5000, staleIfError: 600_000 },
  create,
};

function create(given: MaestroOptions, env: AdapterEnv): Adapter {
  const client = new NodeClient(given, env);
  const index = new CheckoutIndex(client, env);
  const shapes = new Shapes(client);
  const lineage = new Lineage(client, env);
  const source: MaestroSource = {
    ...{ client, shapes, lineage },
    descendants: new Descendants(client, lineage, given.lifetime * HOUR_MS),
    byCommit: new ByCommit(index, shapes),
    translation: {
      ids: new Ids(given.origin),
      suites: new Suites(given.suites),
      labs: { ...LAVA_LABS, ...given.labs },
      viewer: given.viewer,
    },
  };
  const stopping = new AbortController();
  let isStarted = false;
  return {
    entities: entitiesOf(source),
    relations: relationsOf(source),
    start: async () => {
      if (isStarted) return;
      isStarted = true;
      index.open();
      if (env.offline === true) return;
      env.background((call) => {
        return sweep(index, shapes, env, { ...call, signal: AbortSignal.any([call.signal, stopping.signal]) });
      });
    },
    stop: async () => {
      stopping.abort();
      index.close();
      await client.close();
    },
    health: (call) => health(client, () => (shapes.isLarge ? index.reach : null), call),
  };
}

async function health(client: NodeClient, reach: () => string | null, call: Call): Promise<Health> {
  try {
    const state = await client.health(call);
    const detail = reach();
    return state.ok && detail !== null ? { ok: true, detail } : state;
  } catch (error) {
    if (error instanceof SourceError && error.origin === 'source') return { ok: false, detail: error.message };
    throw error;
  }
}
