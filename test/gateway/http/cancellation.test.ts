import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';
import { ask, LIMITS, startServer } from './start-server.ts';

const BUILDS = '{ builds(first: 5) { nodes { id } } }';
const postgres = usePostgres();
let database: string;
let watcher: pg.Client;
const open: NativeGateway[] = [];

beforeAll(async () => {
  database = await postgres.migrated();
  watcher = new pg.Client({ connectionString: database });
  await watcher.connect();
});
afterEach(async () => {
  await watcher.query('ROLLBACK');
  for (const gateway of open.splice(0)) await gateway.close();
});
afterAll(() => watcher?.end());

async function start(options: Parameters<typeof startNativeGateway>[1] = {}): Promise<NativeGateway> {
  const gateway = await startNativeGateway(database, options);
  open.push(gateway);
  // Once, so that the connection is there.
  await ask(gateway.url, BUILDS);
  return gateway;
}

/** Until `ROLLBACK` every statement on builds waits. */
async function blockBuilds(): Promise<void> {
  await watcher.query('BEGIN');
  await watcher.query('LOCK TABLE builds IN ACCESS EXCLUSIVE MODE');
}

async function waitingStatements(): Promise<number> {
  const { rows } = await watcher.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  );
  return rows[0]?.count ?? 0;
}

describe('a client that goes away', () => {
  it('takes its statement with it', async () => {
    const gateway = await start();
    await blockBuilds();
    const client = new AbortController();
    const answer = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: BUILDS }),
      signal: client.signal,
    });
    await expect.poll(waitingStatements).toBe(1);
    client.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(waitingStatements, { timeout: 3_000 }).toBe(0);
  });
});

describe('the deadline', () => {
  it('costs a slow source its own data only, and stops its statement', async () => {
    const limits = { ...LIMITS, deadline: 400 };
    const gateway = await start({ config: { limits } });
    await blockBuilds();
    const started = performance.now();
    const { status, answer } = await ask(gateway.url, `{ builds(first: 5) { nodes { id } } sources { name } }`);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(status).toBe(200);
    expect(answer.data).toMatchObject({ builds: { nodes: [] }, sources: [{ name: 'native' }] });
    expect(answer.errors).toMatchObject([
      { path: ['builds'], extensions: { code: 'SOURCE_TIMEOUT', source: 'native' } },
    ]);
    await expect.poll(waitingStatements, { timeout: 3_000 }).toBe(0);
  });

  it('ends our own work, and says that it was ours', async () => {
    const never = async () => await new Promise<never>(() => {});
    const schema = buildSchema({
      typeDefs: 'type Query { never: String }',
      resolvers: { Query: { never } },
      scalars: [],
    });
    await using server = await startServer({ executor: new JitExecutor(schema), limits: { deadline: 100 } });
    const { status, answer } = await ask(server.url, '{ never }');
    expect(status).toBe(200);
    expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }] });
  });
});

describe('a server that is asked to stop', () => {
  it('answers what is under way, and takes nothing new', async () => {
    const gateway = await start();
    await blockBuilds();
    const answer = ask(gateway.url, BUILDS);
    await expect.poll(waitingStatements).toBe(1);
    const closed = open.splice(0)[0]?.close();
    await delay(50);
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
    await watcher.query('ROLLBACK');
    expect((await answer).answer.data).toEqual({ builds: { nodes: [] } });
    await closed;
  });

  it('cuts off what takes too long', async () => {
    const gateway = await start({ config: { drainTimeout: 200 } });
    await blockBuilds();
    const answer = ask(gateway.url, BUILDS);
    await expect.poll(waitingStatements).toBe(1);
    const outcome = expect(answer).rejects.toThrow();
    await open.splice(0)[0]?.close();
    await outcome;
    await expect.poll(waitingStatements, { timeout: 3_000 }).toBe(0);
  });
});
