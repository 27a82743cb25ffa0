import { Agent, request as send } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute, usePostgres } from '../../support/postgres.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';
import { ask, LIMITS } from './start-server.ts';

const postgres = usePostgres();
const DASHBOARD = 'https://dashboard.example';
const IN_FLIGHT = 4;
const TESTS = '{ tests { nodes { id } } }';
const BUILDS = '{ builds { nodes { id } } }';

/** Whoever reads the tests waits until it is released. */
async function lockTests(database: string) {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE tests IN ACCESS EXCLUSIVE MODE');
  const release = async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
  const waiting = async () => {
    const { rows } = await execute(database, 'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted');
    return Number(rows[0]?.n);
  };
  return { release, waiting };
}

async function ready(url: string) {
  const response = await fetch(`${url}/ready`);
  const body: { canRead: boolean; canStore: boolean; sources: { native: { ok: boolean; state: string } } } = JSON.parse(
    await response.text(),
  );
  return { code: response.status, ...body };
}

describe('a question that takes too long', () => {
  let database: string;
  let gateway: NativeGateway;
  beforeAll(async () => {
    database = await postgres.migrated();
    gateway = await startNativeGateway(database, { timeout: 400 });
  });
  afterAll(() => gateway?.close());

  it('does not close the store to others, however often it is asked', async () => {
    const lock = await lockTests(database);
    try {
      for (let time = 0; time < 7; time += 1) {
        const { answer } = await ask(gateway.url, TESTS);
        expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['SOURCE_TIMEOUT']);
      }
      const { answer } = await ask(gateway.url, BUILDS);
      expect(answer).toMatchObject({ data: { builds: { nodes: [] } } });
      expect(answer.errors).toBeUndefined();
      expect(await ready(gateway.url)).toMatchObject({
        ...{ code: 200, canRead: true, canStore: true },
        sources: { native: { ok: true, state: 'UP' } },
      });
    } finally {
      await lock.release();
    }
  });

  it('holds three connections, however many lists it asks for', async () => {
    const lock = await lockTests(database);
    try {
      const lists = Array.from({ length: 12 }, (_, n) => `t${n}: tests(first: ${n + 1}) { nodes { id } }`);
      const asked = ask(gateway.url, `{ ${lists.join(' ')} }`);
      await expect.poll(lock.waiting, { interval: 10, timeout: 10_000 }).toBe(3);
      const others = await Promise.all(Array.from({ length: 5 }, () => ask(gateway.url, BUILDS)));
      expect(others.map(({ answer }) => answer.errors)).toEqual(Array(5).fill(undefined));
      expect(await lock.waiting()).toBeLessThanOrEqual(3);
      await asked;
    } finally {
      await lock.release();
    }
  });
});

it('/ready asks the sources, and not the breakers', async () => {
  const { hostname, port, pathname, username, password } = new URL(await postgres.migrated());
  const proxy = new TcpProxy(hostname, Number(port));
  await proxy.listen();
  const login = username === '' ? '' : `${username}:${password}@`;
  const gateway = await startNativeGateway(`postgres://${login}127.0.0.1:${proxy.port}${pathname}`);
  try {
    expect((await ask(gateway.url, BUILDS)).answer.errors).toBeUndefined();
    proxy.fault = { isFlapping: true, passBytes: 0, afterwards: 'reset' };
    proxy.hangUp();
    await expect
      .poll(async () => (await ask(gateway.url, BUILDS)).answer.errors?.[0]?.message, { timeout: 10_000 })
      .toContain('left alone');
    await expect
      .poll(() => ready(gateway.url), { timeout: 10_000 })
      .toMatchObject({ code: 503, canRead: false, canStore: false });
    proxy.fault = {};
    // The breaker stays open for 20 seconds.
    await expect
      .poll(() => ready(gateway.url), { timeout: 10_000 })
      .toMatchObject({ code: 200, canRead: true, canStore: true });
    expect((await ask(gateway.url, BUILDS)).answer.errors).toBeUndefined();
  } finally {
    await gateway.close();
    await proxy.close();
  }
}, 40_000);

describe('more requests than are worked on at once', () => {
  let database: string;
  let gateway: NativeGateway;
  beforeAll(async () => {
    database = await postgres.migrated();
    const config = { limits: { ...LIMITS, inFlight: IN_FLIGHT }, cors: [DASHBOARD] };
    gateway = await startNativeGateway(database, { config });
  });
  afterAll(() => gateway?.close());

  it('are refused at once, before anything is parsed, and those that are worked on succeed', async () => {
    const lock = await lockTests(database);
    let held: ReturnType<typeof ask>[] = [];
    try {
      held = Array.from({ length: IN_FLIGHT }, () => ask(gateway.url, TESTS));
      await expect.poll(lock.waiting, { interval: 10, timeout: 10_000 }).toBe(IN_FLIGHT);
      const refusals = [];
      for (let time = 0; time < 9; time += 1) {
        const start = performance.now();
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: DASHBOARD },
          body: 'no JSON',
        });
        const answer = await response.json();
        refusals.push(performance.now() - start);
        expect(response.status).toBe(503);
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(response.headers.get('access-control-allow-origin')).toBe(DASHBOARD);
        expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
        expect(answer).toMatchObject({ errors: [{ message: expect.stringContaining('ask again') }] });
      }
      expect(median(refusals)).toBeLessThan(50);
      expect((await fetch(`${gateway.url}/submit`, { method: 'POST', body: '{}' })).status).toBe(503);
      const preflight = { origin: DASHBOARD, 'access-control-request-method': 'POST' };
      expect((await fetch(`${gateway.url}/graphql`, { method: 'OPTIONS', headers: preflight })).status).toBe(204);
      for (const path of ['/health', '/ready', '/metrics']) {
        expect([path, (await fetch(`${gateway.url}${path}`)).status]).toEqual([path, 200]);
      }
    } finally {
      await lock.release();
    }
    for (const { answer } of await Promise.all(held))
      expect(answer).toEqual({ data: { tests: { nodes: [] } }, ...rest(answer) });
    expect((await ask(gateway.url, TESTS)).status).toBe(200);
  });

  it('leave their place where the client goes away', async () => {
    const lock = await lockTests(database);
    try {
      const gone = new AbortController();
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: TESTS });
      const held = Array.from({ length: IN_FLIGHT }, () =>
        fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body, signal: gone.signal }).catch(() => null),
      );
      await expect.poll(lock.waiting, { interval: 10, timeout: 10_000 }).toBe(IN_FLIGHT);
      gone.abort();
      await Promise.all(held);
      await expect.poll(async () => (await ask(gateway.url, BUILDS)).status).toBe(200);
    } finally {
      await lock.release();
    }
  });

  it('in a flood: what is admitted succeeds, what is refused is told quickly, and nothing counts as down', async () => {
    const agent = new Agent({ keepAlive: true });
    const until = performance.now() + 2_500;
    const answered = { ok: 0, refused: [] as number[] };
    const odd: string[] = [];
    let checks = 0;
    let refusedChecks = 0;
    const client = async () => {
      while (performance.now() < until) {
        const start = performance.now();
        const { status, text } = await post(agent, `${gateway.url}/graphql`, JSON.stringify({ query: BUILDS }));
        if (status === 200 && !text.includes('"errors"')) answered.ok += 1;
        else if (status === 503) {
          answered.refused.push(performance.now() - start);
          if (!/^\{"errors":\[\{"message":"[^"]*ask again/.test(text)) odd.push(text);
          await delay(250);
        } else odd.push(`${status} ${text}`);
      }
    };
    const watch = async () => {
      while (performance.now() < until) {
        expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
        expect(gateway.registry.get('native')?.state.name).toBe('UP');
        const { status, headers } = await fetch(`${gateway.url}/graphql`, { method: 'POST', body: 'no JSON' });
        if (status === 503) {
          expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
          expect(headers.get('x-content-type-options')).toBe('nosniff');
          expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
          refusedChecks += 1;
        }
        checks += 1;
        await delay(50);
      }
    };
    await Promise.all([...Array.from({ length: 300 }, client), watch()]);
    agent.destroy();
    expect(odd).toEqual([]);
    expect(answered.ok).toBeGreaterThan(50);
    expect(answered.refused.length).toBeGreaterThan(50);
    expect(checks).toBeGreaterThan(3);
    expect(refusedChecks).toBeGreaterThan(0);
    expect(gateway.registry.get('native')?.state.name).toBe('UP');
    expect((await ask(gateway.url, BUILDS)).answer.errors).toBeUndefined();
  }, 20_000);
});

function rest({ extensions }: { readonly extensions?: unknown }) {
  return extensions === undefined ? {} : { extensions };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function post(agent: Agent, url: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = send(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
