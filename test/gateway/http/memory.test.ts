import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, type NativeOptions, startNativeGateway } from './native-gateway.ts';
import { ask, LIMITS } from './start-server.ts';

const postgres = usePostgres();
const MIB = 2 ** 20;
const LARGE = '{ tests { nodes { id misc } } }';
const SMALL = '{ tests { nodes { id } } }';

async function start(limits: Partial<typeof LIMITS>, options: NativeOptions = {}): Promise<NativeGateway> {
  const config = { ...options.config, limits: { ...LIMITS, ...limits }, submit: { open: true } };
  const gateway = await startNativeGateway(await postgres.migrated(), { ...options, config, open: true });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function open({ url }: NativeGateway): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Tests with so many bytes of misc each. */
function documentOf(tests: number, bytes: number, from = 0): object {
  const text = 'x'.repeat(bytes);
  return {
    version: { major: 5, minor: 3 },
    tests: Array.from({ length: tests }, (_, n) => ({
      id: `acme:${from + n}`,
      origin: 'acme',
      build_id: 'acme:b',
      misc: { text },
    })),
  };
}

function submit({ url }: NativeGateway, document: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/submit`, { method: 'POST', headers, body: JSON.stringify(document) });
}

/** The bytes that requests hold, by kind, as /metrics shows them. */
async function held({ url }: NativeGateway): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(/^kcigraph_in_flight_bytes\{kind="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(found.map(([, kind, bytes]) => [kind, Number(bytes)]));
}

const NOTHING = { body: 0, document: 0, rows: 0, answer: 0 };

/** Asks, and reads nothing of the answer. */
async function askUnread(gateway: NativeGateway, query: string): Promise<Socket> {
  const socket = await open(gateway);
  socket.pause();
  const body = JSON.stringify({ query });
  const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  socket.write(`${head}\r\n\r\n${body}`);
  return socket;
}

describe('bodies that are withheld', () => {
  const gzip = gzipSync(`{"query": "${'x'.repeat(100_000)}`).subarray(0, -20);
  it.each([
    ['of a length that is announced', 'content-length: 500000000', 'x'.repeat(4_000)],
    ['in chunks', 'transfer-encoding: chunked', `fa0\r\n${'x'.repeat(4_000)}\r\n`],
    ['compressed', 'content-encoding: gzip\r\ncontent-length: 500000000', gzip],
  ])('%s, take no more memory than what came of them, and are cut', async (_, header, part) => {
    const gateway = await start({}, { config: { rateWindow: 3_000 } });
    const before = process.memoryUsage().rss;
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(gateway)));
    const closed = Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))),
    );
    for (const [n, socket] of sockets.entries()) {
      // So that /graphql does not refuse it for its size alone.
      const path = n % 2 === 0 ? '/submit' : '/graphql';
      const length = path === '/graphql' ? header.replace('500000000', '1000000') : header;
      socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${length}\r\n\r\n`);
      socket.write(part);
    }
    await expect
      .poll(async () => (await held(gateway)).body, { interval: 20, timeout: 3_000 })
      .toBeGreaterThanOrEqual(100 * 4_000);
    expect((await held(gateway)).body).toBeLessThanOrEqual(100 * 100_020);
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(250);
    await closed;
    await expect.poll(() => held(gateway)).toEqual(NOTHING);
  });
});

describe('a query', () => {
  it('ends at once with LIMIT_EXCEEDED where it needs more memory than all requests may hold', async () => {
    const gateway = await start({ inFlightBytes: 6 * MIB });
    for (const from of [0, 10]) expect((await submit(gateway, documentOf(10, 100_000, from))).status).toBe(200);
    const { answer } = await ask(gateway.url, `{ sources { name } ${LARGE.slice(1)}`);
    expect(answer.data).toBeNull();
    expect(answer.errors).toEqual([
      {
        message: expect.stringMatching(/needs more than the 6291456 bytes.*\.$/),
        extensions: { code: 'LIMIT_EXCEEDED' },
      },
    ]);
    expect((await ask(gateway.url, SMALL)).answer.errors).toBeUndefined();
    await expect.poll(() => held(gateway)).toEqual(NOTHING);
    // It says nothing of the store.
    expect(gateway.registry.get('native')?.state.name).toBe('UP');
  });

  it('ends where it shows one object so often that the answer is too large', async () => {
    const gateway = await start({ inFlightBytes: 8 * MIB });
    expect((await submit(gateway, documentOf(1, 500_000))).status).toBe(200);
    const times = Array.from({ length: 12 }, (_, n) => `m${n}: misc`).join(' ');
    const { answer } = await ask(gateway.url, `{ test(id: "acme:0") { ${times} } }`);
    expect(answer.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'LIMIT_EXCEEDED' }]);
    expect((await ask(gateway.url, '{ test(id: "acme:0") { misc } }')).answer.errors).toBeUndefined();
  });

  it('waits while others hold the memory, until they are answered', async () => {
    const gateway = await start({ inFlightBytes: 44 * MIB });
    expect((await submit(gateway, documentOf(20, 500_000))).status).toBe(200);
    const unread = await askUnread(gateway, LARGE);
    await expect.poll(async () => (await held(gateway)).answer, { interval: 20 }).toBeGreaterThan(9 * MIB);
    let isAnswered = false;
    const second = ask(gateway.url, LARGE).finally(() => {
      isAnswered = true;
    });
    await expect.poll(async () => (await held(gateway)).rows, { interval: 20 }).toBeGreaterThan(15 * MIB);
    expect(isAnswered).toBe(false);
    unread.resume();
    expect((await second).answer.errors).toBeUndefined();
    await expect.poll(() => held(gateway)).toEqual(NOTHING);
  });

  it('ends at its deadline where the memory does not become free', async () => {
    const gateway = await start({ inFlightBytes: 44 * MIB, deadline: 1_000 });
    expect((await submit(gateway, documentOf(20, 500_000))).status).toBe(200);
    const unread = await askUnread(gateway, LARGE);
    await expect.poll(async () => (await held(gateway)).answer, { interval: 20 }).toBeGreaterThan(9 * MIB);
    const { answer } = await ask(gateway.url, LARGE);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['LIMIT_EXCEEDED']);
    expect(answer.data).toBeNull();
    unread.resume();
    await expect.poll(() => held(gateway)).toEqual(NOTHING);
    expect(gateway.registry.get('native')?.state.name).toBe('UP');
    expect((await ask(gateway.url, LARGE)).answer.errors).toBeUndefined();
  });

  it('makes those that read their answers slowly give way', async () => {
    const gateway = await start({ inFlightBytes: 44 * MIB });
    expect((await submit(gateway, documentOf(20, 500_000))).status).toBe(200);
    await askUnread(gateway, LARGE);
    await expect.poll(async () => (await held(gateway)).answer, { interval: 20 }).toBeGreaterThan(9 * MIB);
    expect((await ask(gateway.url, LARGE)).answer.errors).toBeUndefined();
    await expect.poll(() => held(gateway)).toEqual(NOTHING);
  });
});

describe('a submission', () => {
  it('is refused with 503 where there is no memory for it, stores nothing, and comes in later', async () => {
    const gateway = await start({ inFlightBytes: 4 * MIB, deadline: 500 });
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open(gateway)));
    for (const socket of sockets) {
      socket.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n');
      socket.write(`content-length: 200000\r\n\r\n${' '.repeat(100_000)}`);
    }
    await expect.poll(async () => (await held(gateway)).body, { interval: 20 }).toBe(1_000_000);
    const refused = await submit(gateway, documentOf(3, 50_000));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      id: '0',
      status: 'error',
      message: expect.stringMatching(/inFlightBytes.*\.$/),
    });
    const query = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: SMALL, extensions: { filler: 'x'.repeat(100_000) } }),
    });
    expect([query.status, await query.json()]).toMatchObject([
      503,
      { errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] },
    ]);
    for (const path of ['/health', '/ready', '/metrics'])
      expect((await fetch(`${gateway.url}${path}`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => held(gateway)).toEqual(NOTHING);
    expect((await ask(gateway.url, SMALL)).answer.data).toEqual({ tests: { nodes: [] } });
    expect((await submit(gateway, documentOf(3, 50_000))).status).toBe(200);
  });
});
