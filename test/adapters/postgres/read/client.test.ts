import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdapterEnv, Call } from '../../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import { createPools, type Pools } from '../../../../adapters/postgres/connection/pool.ts';
import { options } from '../../../../adapters/postgres/options.ts';
import { ReadClient } from '../../../../adapters/postgres/read/client.ts';
import { param, raw, sql } from '../../../../adapters/postgres/read/sql.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { execute, usePostgres } from '../../../support/postgres.ts';
import { callFor, postgresSource, SILENT } from '../../../support/postgres-source.ts';

const postgres = usePostgres();
const env: Pick<AdapterEnv, 'upstream'> = { upstream: (call, request) => request(call.signal) };
const SLEEP = raw('SELECT pg_sleep(20), $$cancel me$$');

let url: string;
let pools: Pools;
let client: ReadClient;

beforeAll(async () => {
  url = await postgres.migrated();
  pools = createPools(options.parse({ url, poolSize: 2 }), SILENT);
});
beforeEach(() => {
  client = new ReadClient(() => pools.reads(), env, true);
});
afterAll(() => pools.stop());

/** How many statements run on the server that nobody should wait for. */
async function running(): Promise<number> {
  const { rows } = await execute(
    url,
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%cancel me%' AND pid <> pg_backend_pid()`,
  );
  return rows[0]?.n ?? -1;
}

async function until(reached: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await delay(20)) if (await reached()) return true;
  return false;
}

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceError)) throw new Error(`It failed with ${String(error)}, not with a SourceError.`);
  return error;
}

describe('a read that nobody waits for any more', () => {
  it('is gone from the server within a second', async () => {
    const abort = new AbortController();
    const read = client.rows(callFor([], 30_000, abort.signal), SLEEP).catch((error: unknown) => error);
    expect(await until(async () => (await running()) === 1, 5000)).toBe(true);
    abort.abort(new Error('The client has gone.'));
    expect(await until(async () => (await running()) === 0, 1000)).toBe(true);
    expect(await read).toMatchObject({ message: 'The client has gone.' });
  });

  it('is cancelled though every connection of the pool is taken', async () => {
    const abort = new AbortController();
    const call = callFor([], 30_000, abort.signal);
    const reads = [1, 2, 3, 4].map(() => client.rows(call, SLEEP).catch(() => 'cancelled'));
    expect(await until(async () => (await running()) === 2, 5000)).toBe(true);
    abort.abort();
    expect(await until(async () => (await running()) === 0, 1000)).toBe(true);
    expect(await Promise.all(reads)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
  });

  it('ends at once though it still waits for a connection, which then serves others', async () => {
    const abort = new AbortController();
    const others = [1, 2].map(() => client.rows(callFor([]), raw('SELECT pg_sleep(1)')));
    await delay(100);
    const start = Date.now();
    const read = client.rows(callFor([], 30_000, abort.signal), SLEEP).catch((error: unknown) => error);
    const late = failure(client.rows(callFor([], 200), SLEEP));
    abort.abort(new Error('The client has gone.'));
    expect(await read).toMatchObject({ message: 'The client has gone.' });
    expect((await late).code).toBe('SOURCE_TIMEOUT');
    expect(Date.now() - start).toBeLessThan(850);
    await Promise.all(others);
    expect(await client.rows(callFor([]), raw('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    expect(await running()).toBe(0);
  });

  it('leaves connections that serve the next one, whose statement is not hit', async () => {
    for (let round = 0; round < 30; round++) {
      const abort = new AbortController();
      const read = client.rows(callFor([], 30_000, abort.signal), raw('SELECT pg_sleep(0.003)')).catch(() => null);
      setTimeout(() => abort.abort(), round % 8);
      await read;
      const after = [1, 2].map(() =>
        client.rows<{ ok: boolean }>(callFor([]), raw('SELECT true AS ok FROM pg_sleep(0.002)')),
      );
      expect(await Promise.all(after)).toEqual([[{ ok: true }], [{ ok: true }]]);
    }
  });

  it('is not even sent when it was given up before', async () => {
    await expect(client.rows(callFor([], 1000, AbortSignal.abort(new Error('Too late.'))), SLEEP)).rejects.toThrow(
      'Too late.',
    );
    expect(await running()).toBe(0);
  });
});

describe('a read that takes too long', () => {
  it('ends before its deadline with advice, on the server too', async () => {
    const start = Date.now();
    const error = await failure(client.rows(callFor([], 400), SLEEP, { advice: 'ask for less' }));
    expect(error.code).toBe('SOURCE_TIMEOUT');
    expect(error.message).toBe('The database did not finish in time: ask for less.');
    expect(Date.now() - start).toBeLessThan(2000);
    expect(await until(async () => (await running()) === 0, 1000)).toBe(true);
  });

  it('is advised to filter by what its filter has and lacks, and by nothing else', async () => {
    const { source } = postgresSource(url, { poolSize: 8 });
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE builds, tests, issues IN ACCESS EXCLUSIVE MODE');
    const since = { from: '2026-01-01T00:00:00.000000Z' };
    const page = { order: 'NEWEST', first: 5, after: null } as const;
    const call = () => callFor(['id'], 300);
    const said = await Promise.all(
      [
        asking(source).list('test', { ...page, where: null }, call()),
        asking(source).list('test', { ...page, where: { origin: { in: ['a'] } } }, call()),
        asking(source).list('test', { ...page, where: { origin: { in: ['a'] }, startTime: since } }, call()),
        asking(source).list('test', { ...page, where: { buildId: { in: ['a:b'] } } }, call()),
        asking(source).list('issue', { ...page, where: null }, call()),
        asking(source).related('testsOfBuild', ['a:b'], { ...page, where: null }, call()),
      ].map(async (asked) => (await failure(asked)).message),
    );
    await holder.end();
    await source.stop();
    const sentence = 'The database did not finish in time';
    expect(said).toEqual([
      `${sentence}: add \`origin\` and \`startTime\` to the filter.`,
      `${sentence}: add \`startTime\` to the filter.`,
      `${sentence}.`,
      `${sentence}.`,
      `${sentence}.`,
      `${sentence}.`,
    ]);
  });

  it('is a time-out too where the server itself sets one', async () => {
    const limited = new pg.Pool({ connectionString: url, max: 1, statement_timeout: 50 });
    const reader = new ReadClient(async () => limited, env, true);
    expect((await failure(reader.rows(callFor([]), SLEEP))).code).toBe('SOURCE_TIMEOUT');
    await limited.end();
  });
});

describe('what fails', () => {
  it('says nothing of statements, hosts, users or values', async () => {
    const secret = sql`SELECT ${param('secret-value', 'text')} FROM no_such_table`;
    const error = await failure(client.rows(callFor([]), secret));
    expect(error.code).toBe('SOURCE_UNAVAILABLE');
    expect(error.message).not.toMatch(/select|secret|127\.0\.0\.1|postgres:/i);
  });

  it('is SOURCE_UNAVAILABLE when the server is not there, and works again when it is', async () => {
    const gone = postgresSource('postgres://nobody:hidden@127.0.0.1:1/none');
    await gone.source.start();
    const error = await failure(asking(gone.source).get('test', ['alder:1'], callFor([])));
    expect(error.code).toBe('SOURCE_UNAVAILABLE');
    expect(error.message).not.toMatch(/hidden|nobody|127/);
    await gone.source.stop();
    await client.rows(callFor([]), raw('SELECT 1'));
    await execute(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kcigraph'`);
    await until(async () => (await client.rows(callFor([]), raw('SELECT 1')).catch(() => [])).length === 1, 2000);
    expect(await client.rows(callFor([]), raw('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });
});

describe('prepared statements', () => {
  const prepared = async (made: ReadClient, call: Call) =>
    made.rows<{ n: number }>(call, raw('SELECT count(*) AS n FROM pg_prepared_statements'), { planByValues: true });

  it('are bounded, however many texts there are', async () => {
    const one = new pg.Pool({ connectionString: url, max: 1 });
    const reader = new ReadClient(async () => one, env, true);
    for (let text = 0; text < 260; text++) await reader.rows(callFor([]), raw(`SELECT ${text} AS n`));
    const [row] = await prepared(reader, callFor([]));
    expect(Number(row?.n)).toBe(200);
    await one.end();
  });

  it('are not used where the options say so', async () => {
    const one = new pg.Pool({ connectionString: url, max: 1 });
    const reader = new ReadClient(async () => one, env, false);
    for (let round = 0; round < 3; round++) await reader.rows(callFor([]), raw('SELECT 1 AS n'));
    const [row] = await prepared(reader, callFor([]));
    expect(Number(row?.n)).toBe(0);
    await one.end();
  });
});
