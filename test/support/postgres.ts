import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { initCluster, startCluster, stopPostmaster } from '../../adapters/embedded-postgres/cluster.ts';
import { embeddedBinaries } from '../../adapters/embedded-postgres/folder.ts';
import { serverUser, withAccess } from '../../adapters/embedded-postgres/user.ts';
import { migrate } from '../../adapters/postgres/connection/migrate.ts';

/** A real PostgreSQL for one test file. */
export interface TestPostgres {
  /** The URL of a new database with the tables of the store. */
  migrated(): Promise<string>;
  /** The URL of a new, empty database. */
  empty(): Promise<string>;
  /** Removes its databases, and itself where it was started here. */
  stop(): Promise<void>;
}

/** One of the servers that tests may run on. */
export interface Installation {
  readonly name: string;
  readonly binaries?: string;
  /** Of a superuser of a server that somebody else runs. */
  readonly url?: string;
}

/** The embedded PostgreSQL: what tests run on that do not ask for more. */
export const EMBEDDED: Installation = { name: 'embedded', binaries: embeddedBinaries() };

/** Where `postgres-versions/install.sh` puts other versions. */
const VERSIONS = fileURLToPath(new URL('../../.cache/postgres', import.meta.url));

/**
 * Every PostgreSQL there is: the embedded one, Debian's, those that `postgres-versions/install.sh` installed, and the
 * servers of `POSTGRES_URLS` (superusers' URLs, separated by spaces).
 */
export function installations(): readonly Installation[] {
  const found: Installation[] = [EMBEDDED];
  const add = (name: string, binaries: string) => {
    if (existsSync(join(binaries, 'initdb'))) found.push({ name, binaries });
  };
  for (const version of list('/usr/lib/postgresql')) add(`Debian's ${version}`, `/usr/lib/postgresql/${version}/bin`);
  for (const version of list(VERSIONS)) add(version, join(VERSIONS, version, 'bin'));
  const urls = (process.env.POSTGRES_URLS ?? '').split(/\s+/).filter((url) => url !== '');
  for (const [index, url] of urls.entries()) found.push({ name: `the server ${index + 1} of POSTGRES_URLS`, url });
  return found;
}

/** Starts a server for the tests of the file that calls this, and stops it behind them. */
export function usePostgres(installation: Installation = EMBEDDED): Pick<TestPostgres, 'migrated' | 'empty'> {
  let server: TestPostgres | null = null;
  beforeAll(async () => {
    server = await startPostgres(installation);
  });
  afterAll(async () => {
    await server?.stop();
  });
  const started = () => {
    if (server === null)
      throw new Error('The PostgreSQL of this file starts with its first test: ask within a test or beforeAll.');
    return server;
  };
  return { migrated: () => started().migrated(), empty: () => started().empty() };
}

/** The same for what is no test file. */
export async function startPostgres(installation: Installation = EMBEDDED): Promise<TestPostgres> {
  const { url, stop } =
    installation.url === undefined ? await startServer(installation) : { url: installation.url, stop: async () => {} };
  const made: string[] = [];
  const create = async (template?: string) => {
    const name = `kcigraph_${randomUUID().replaceAll('-', '')}`;
    await execute(url, `CREATE DATABASE ${name} ${template === undefined ? '' : `TEMPLATE ${template}`}`);
    made.push(name);
    return name;
  };
  let template: Promise<string> | null = null;
  const makeTemplate = async () => {
    const name = await create();
    await onClient(databaseUrl(url, name), migrate);
    return name;
  };
  // One at a time: a template must have no other connection.
  let turn: Promise<unknown> = Promise.resolve();
  const queued = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    migrated: () =>
      queued(async () => {
        template ??= makeTemplate();
        return databaseUrl(url, await create(await template));
      }),
    empty: () => queued(async () => databaseUrl(url, await create())),
    stop: async () => {
      await turn;
      if (installation.url !== undefined) {
        for (const name of made) await execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }
      await stop();
    },
  };
}

/** One statement on a connection of its own. */
export async function execute(url: string, sql: string): Promise<pg.QueryResult> {
  return onClient(url, (client) => client.query(sql));
}

async function onClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function startServer(installation: Installation): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-postgres-'));
  await chmod(folder, 0o711);
  const password = randomUUID();
  const data = join(folder, 'data');
  const binaries = installation.binaries ?? embeddedBinaries();
  // A checkout may lie in a folder that only root may enter.
  const user = await withAccess(await serverUser(), folder, binaries);
  const cluster = { data, binaries, user };
  await initCluster(cluster, password);
  // Nothing of it outlives the test, so it need not reach the disk.
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200', shared_buffers: '64MB' };
  const { pid, port } = await startCluster(cluster, join(folder, 'log'), settings);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await stopPostmaster(pid, cluster.data);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function databaseUrl(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function list(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
