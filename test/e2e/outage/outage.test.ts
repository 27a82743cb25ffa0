import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerWith,
  FaultyServer,
  type HttpFault,
  hangBeforeHeaders,
  hangInBody,
} from '../../support/faulty-server.ts';
import { openStore } from '../../support/open-store.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Asked, ServedGateway } from '../../support/served-gateway.ts';
import { type ProxyFault, TcpProxy } from '../../support/tcp-proxy.ts';
import { documentOf, idsOf, objectsOf } from '../faults/two-halves.ts';

/** The even tests lie in `second`, a store behind a proxy; the odd ones in `file`, behind a web server; `native` is a store too. */
const TESTS = '{ tests(first: 50) { nodes { id } } }';
const NAMES = ['native', 'second', 'file'] as const;
type Name = (typeof NAMES)[number];
/** What is shown where one of them is missing. */
const LEFT = { native: idsOf(0, 1), second: idsOf(1), file: idsOf(0) } as const;

const postgres = usePostgres();
const server = new FaultyServer(documentOf(1));
const proxies: Partial<Record<Name, TcpProxy>> = {};
let gateway: ServedGateway;

async function proxied(name: Name, url: URL): Promise<string> {
  const proxy = new TcpProxy(url.hostname, Number(url.port));
  await proxy.listen();
  proxies[name] = proxy;
  return Object.assign(new URL(url), { port: String(proxy.port) }).href;
}

const guard = 'timeout: 700, breaker: { failures: 3, openFor: 300 }, restAfter429: 400';
const proxyOf = (name: Name): TcpProxy => {
  const proxy = proxies[name];
  if (proxy === undefined) throw new Error(`The source ${name} has no proxy.`);
  return proxy;
};

/** Every source unreachable. */
async function goDown(): Promise<void> {
  await Promise.all([server.close(), ...Object.values(proxies).map((proxy) => proxy.close())]);
}
async function comeBack(): Promise<void> {
  await Promise.all([server.listen(), ...Object.values(proxies).map((proxy) => proxy.listen())]);
}

const shown = ({ data }: Asked): readonly string[] =>
  [...JSON.stringify(data).matchAll(/lab:test-\d\d/g)].map(([id]) => id);
const codes = ({ errors }: Asked) => errors.map(({ extensions }) => `${extensions.source} ${extensions.code}`).sort();
const ready = async () => {
  const response = await fetch(`${gateway.url}/ready`);
  return { ...(await response.json()), status: response.status };
};
/** Until all is well again; a restart is never needed. */
async function recovered(): Promise<void> {
  await expect.poll(async () => codes(await gateway.ask(TESTS)), { timeout: 15_000 }).toEqual([]);
  expect(shown(await gateway.ask(TESTS))).toEqual(idsOf(0, 1));
}

beforeAll(async () => {
  const url = await postgres.migrated();
  const second = await postgres.migrated();
  const opened = openStore(second);
  await opened.load(...objectsOf(0));
  await opened.stop();
  await server.listen();
  const stores = [
    `native: { adapter: postgres, url: "${await proxied('native', new URL(url))}", connectTimeout: 300, ${guard} }`,
    `second: { adapter: postgres, url: "${await proxied('second', new URL(second))}", connectTimeout: 300, ${guard} }`,
  ];
  const file = `file: { adapter: file, url: "${server.url}", freshness: 0, ${guard} }`;
  await goDown();
  gateway = await ServedGateway.start(
    `sources: { ${[...stores, file].join(', ')} }\nsubmit: { into: native, openSubmit: true }\nlimits: { deadline: 2s }\n`,
  );
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await goDown();
});

describe('a gateway that is started while every source is down', () => {
  it('serves, says so of each, keeps what is to be stored later, and needs no restart when they are back', async () => {
    const answer = await gateway.ask(TESTS);
    expect(answer.data).toEqual({ tests: { nodes: [] } });
    expect(codes(answer)).toEqual([
      'file SOURCE_UNAVAILABLE',
      'native SOURCE_UNAVAILABLE',
      'second SOURCE_UNAVAILABLE',
    ]);
    expect(await ready()).toMatchObject({ status: 503, sources: { native: { ok: false }, file: { ok: false } } });
    const document = { version: { major: 5, minor: 3 }, checkouts: [{ id: 'acme:1', origin: 'acme' }] };
    const refused = await gateway.submit(JSON.stringify(document));
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
    const kept = await gateway.submit(JSON.stringify(document), { prefer: 'respond-async' });
    expect(kept.status).toBe(202);
    const { id } = await kept.json();

    await comeBack();
    await recovered();
    await expect
      .poll(ready, { timeout: 10_000 })
      .toMatchObject({ status: 200, sources: { native: { ok: true, state: 'UP' } } });
    const state = async () => (await (await fetch(`${gateway.url}/status?id=${id}`)).json()).status;
    await expect.poll(state, { timeout: 40_000, interval: 300 }).toBe('processed');
    expect((await gateway.ask('{ checkout(id: "acme:1") { id sources } }')).data).toEqual({
      checkout: { id: 'acme:1', sources: ['native'] },
    });
  }, 60_000);
});

interface Outage {
  readonly name: string;
  readonly of: Name;
  readonly http?: HttpFault;
  readonly tcp?: ProxyFault;
  readonly codes: RegExp;
}

const OUTAGES: readonly Outage[] = [
  { name: 'hanging', of: 'file', http: hangBeforeHeaders, codes: /TIMEOUT/ },
  { name: 'hanging half way', of: 'file', http: hangInBody, codes: /TIMEOUT/ },
  { name: 'limiting', of: 'file', http: answerWith(429, { 'retry-after': '1' }, () => ''), codes: /RATE_LIMITED/ },
  {
    name: 'lying',
    of: 'file',
    http: answerWith(200, { 'content-type': 'application/json' }, () => '{"version":{"major":5,"minor":3},"tests":7}'),
    codes: /BAD_DATA/,
  },
  { name: 'hanging', of: 'second', tcp: { isSilent: true }, codes: /TIMEOUT|UNAVAILABLE/ },
  { name: 'lying', of: 'second', tcp: { garbage: 'E\0\0\0\x08lies' }, codes: /TIMEOUT|UNAVAILABLE|BAD_DATA/ },
];

describe.each(OUTAGES)('$of, $name', ({ of, http, tcp, codes: expected }) => {
  it('costs its own data only, in flight too, and is well soon after', async () => {
    if (http !== undefined) server.fault = http;
    if (tcp !== undefined) proxyOf('second').fault = tcp;
    const answers = await Promise.all([gateway.ask(TESTS), gateway.ask(TESTS)]);
    for (const answer of answers) {
      expect(shown(answer)).toEqual(LEFT[of]);
      expect(answer.errors.map(({ extensions }) => extensions.source)).toEqual([of]);
      expect(answer.errors[0]?.extensions.code).toMatch(expected);
      expect(answer.ms).toBeLessThan(3_000);
    }
    // What it says in the end, it says at once: the breaker does.
    for (let ask = 0; ask < 3; ask += 1) await gateway.ask(TESTS);
    expect((await ready()).status).toBe(200);
    server.fault = null;
    proxyOf('second').fault = {};
    proxyOf('second').hangUp();
    await recovered();
  });
});

describe.each(['native', 'second', 'file'] as const)('%s, going down while it answers', (name) => {
  it('costs its own data only, and is well soon after', async () => {
    const target = name === 'file' ? server : proxyOf(name);
    if (name === 'file') server.fault = hangInBody;
    else proxyOf(name).fault = { delayMs: 300 };
    const under = gateway.ask(TESTS);
    await delay(150);
    await target.close();
    const answer = await under;
    expect(codes(answer)).toEqual([`${name} SOURCE_UNAVAILABLE`]);
    expect(shown(answer)).toEqual(LEFT[name]);
    server.fault = null;
    if (name !== 'file') proxyOf(name).fault = {};
    await target.listen();
    await recovered();
  });
});
