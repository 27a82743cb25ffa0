import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { indexesOf } from '../generators/kernelci/collection-index.ts';
import { createIndexes, fill } from '../generators/kernelci/fill.ts';
import { LEGACY_INDEXES } from '../generators/kernelci/legacy-indexes.ts';
import { MAESTRO_INDEXES } from '../generators/kernelci/maestro-indexes.ts';
import { type FoundServer, findServer, type Patience } from '../upstreams/mongodb/find-server.ts';
import { ServerProcess } from '../upstreams/mongodb/server-process.ts';
import { BrokenWay } from './broken-way.ts';
import type { DemoOptions, SourceName } from './options.ts';
import { brokenConfig, type RunningSource } from './running-source.ts';
import { legacyStory } from './story/legacy.ts';
import { maestroStory } from './story/maestro.ts';
import type { Timeline } from './story/timeline.ts';

/** What the adapter's guide asks of whoever runs such a database: with them a read fetches what it wants, and no more. */
const TREE_INDEXES = indexesOf({ node: ['treeid', 'parent'] });
/** FerretDB on SQLite looks at each document for each read. */
const PATIENT = { timeout: '25s', cacheTtl: '1m' };
/** So few that a query of some levels finds no room before its deadline. */
const LIMITED_RATE = 0.05;
/** Milliseconds that the server of somebody else is waited for. */
const SELECTION_MS = 5000;
/** Milliseconds until a server that is not there is given up: sooner than its source. */
const CONNECT_MS = 1000;

/** KernelCI's two databases, over the MongoDB protocol; null where no server can be had. */
export async function startMongodb(
  timeline: Timeline,
  broken: DemoOptions['broken'],
  patience: Patience,
): Promise<readonly RunningSource[] | null> {
  const found = findServer();
  if (found === null) return null;
  const server = found.kind === 'uri' ? null : await ServerProcess.start(found, patience);
  const client = new MongoClient(server?.url ?? urlOf(found), { serverSelectionTimeoutMS: SELECTION_MS });
  try {
    // A server that others use too gets databases that nobody else has.
    const mark = server === null ? `kcigraph_demo_${randomBytes(4).toString('hex')}_` : '';
    const legacy = client.db(`${mark}kernel-ci`);
    const maestro = client.db(`${mark}kernelci`);
    await createIndexes(legacy, LEGACY_INDEXES);
    await fill(legacy, legacyStory(timeline));
    await createIndexes(maestro, [...MAESTRO_INDEXES, ...TREE_INDEXES]);
    await fill(maestro, maestroStory(timeline));
    let open = 2;
    const close = async () => {
      open -= 1;
      if (open > 0) return;
      if (server === null) await Promise.all([legacy.dropDatabase(), maestro.dropDatabase()]);
      await client.close();
      await server?.stop();
    };
    const where = server?.url ?? urlOf(found);
    const source = async (name: SourceName, database: string, config: Readonly<Record<string, unknown>>) => {
      const fault = broken.get(name);
      const way = fault === undefined || fault === 'limited' ? null : await BrokenWay.to(where, fault);
      const limits = fault === 'limited' ? { rate: LIMITED_RATE } : { connectTimeout: CONNECT_MS };
      return {
        name,
        config: { ...config, url: way?.url ?? where, database, ...limits, ...brokenConfig(fault) },
        where: new URL(where).host,
        close: async () => {
          await way?.close();
          await close();
        },
      };
    };
    return [
      await source('maestro', maestro.databaseName, { adapter: 'maestro-mongo', priority: 2, ...PATIENT }),
      await source('kernelci', legacy.databaseName, { adapter: 'kernelci-mongo', ...PATIENT }),
    ];
  } catch (error) {
    await client.close();
    await server?.stop();
    throw error;
  }
}

function urlOf(found: FoundServer): string {
  return found.kind === 'uri' ? found.url : '';
}
