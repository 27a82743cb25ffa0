import { randomUUID } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { describe } from 'vitest';
import { findServer } from '../../../examples/upstreams/mongodb/find-server.ts';
import { ServerProcess } from '../../../examples/upstreams/mongodb/server-process.ts';

/** A database of its own for a test, on a real server. */
export interface OpenMongo {
  readonly url: string;
  readonly database: string;
  /** For putting documents and indexes into it. */
  readonly db: Db;
  /** MongoDB itself, which explains its plans; FerretDB does not. */
  readonly isMongoDb: boolean;
  /** The process of the server, where it was started here and may be killed. */
  readonly process: ServerProcess | null;
  /** Another database of the same server. */
  another(): Db;
  drop(): Promise<void>;
}

interface Server {
  readonly url: string;
  readonly process: ServerProcess | null;
  readonly client: MongoClient;
}

const found = findServer();

/** Whether there is a server for the tests, or something to build one with. In CI there must be. */
export const hasMongo = found !== null;

/** The first use may build the server: longer than a hook is given. */
export const MONGO_START_MS = 600_000;

if (!hasMongo) {
  const message =
    'There is no server of the MongoDB protocol: set MONGODB_URI, or install mongod, FerretDB or Go (which builds one).';
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(message);
  console.log(`Left out: the tests of the MongoDB sources. ${message}`);
}

/** Describes tests that need the server; they are left out where there is none. */
export const describeWithMongo: typeof describe.skip = describe.skipIf(!hasMongo);

let server: Promise<Server> | null = null;
let users = 0;

/** The server starts with the first database and ends with the last. */
export async function openMongo(): Promise<OpenMongo> {
  users += 1;
  server ??= start();
  const { url, process: running, client } = await server;
  const made: Db[] = [];
  const make = () => {
    const db = client.db(`kcigraph_${randomUUID().replaceAll('-', '')}`);
    made.push(db);
    return db;
  };
  const db = make();
  const build = await client.db('admin').command({ buildInfo: 1 });
  return {
    url,
    database: db.databaseName,
    db,
    isMongoDb: build.ferretdb === undefined && build.ferretdbVersion === undefined,
    process: running,
    another: make,
    drop: async () => {
      for (const each of made.splice(0)) await each.dropDatabase();
      users -= 1;
      if (users > 0) return;
      server = null;
      await client.close();
      await running?.stop();
    },
  };
}

async function start(): Promise<Server> {
  if (found === null) throw new Error('There is no server of the MongoDB protocol.');
  const running = found.kind === 'uri' ? null : await ServerProcess.start(found);
  const url = found.kind === 'uri' ? found.url : (running?.url ?? '');
  return { url, process: running, client: new MongoClient(url) };
}
