import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { isPrivateAddress } from '../../../adapters/kit/http-answer.ts';
import { createHttpClient, type HttpClientOptions, type OwnedHttpClient } from '../../../adapters/kit/http-client.ts';
import { Upstream } from '../../../adapters/kit/upstream.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const JSON_TYPE = { 'content-type': 'application/json' };
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that notes when each request came, by the monotonic clock. */
async function serve(
  answer: Answer,
  host = '127.0.0.1',
): Promise<{ readonly url: string; readonly came: number[]; readonly server: Server }> {
  const came: number[] = [];
  const server = createServer((request, response) => {
    came.push(performance.now());
    answer(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${host}:${port}/`, came, server };
}

function client(rate: number | null, options: Partial<HttpClientOptions> = {}, concurrency = 10): OwnedHttpClient {
  const made = createHttpClient({ upstream: new Upstream({ concurrency, rate }), ...options });
  closing.push(() => made.close());
  return made;
}

function call(ms = 20_000): Call {
  return { signal: AbortSignal.timeout(ms), deadline: Date.now() + ms, fields: new Set(), log, warn: silent };
}

const ask = (made: OwnedHttpClient, url: string, ms?: number, headers: Record<string, string> = {}) =>
  made.request(new URL(url), { accept: ['application/json'], headers }, call(ms));

const askInBackground = (made: OwnedHttpClient, url: string, ms?: number) =>
  made.request(new URL(url), { accept: ['application/json'] }, { ...call(ms), isBackground: true });

const failure = (asked: Promise<unknown>): Promise<SourceError> =>
  asked.then(
    () => Promise.reject(new Error('It was answered.')),
    (error: unknown) => (error instanceof SourceError ? error : Promise.reject(error)),
  );

/** The most that came within any stretch of so many milliseconds. */
function mostWithin(came: readonly number[], ms: number): number {
  return Math.max(...came.map((start) => came.filter((time) => time >= start && time < start + ms).length));
}

describe('the budget of requests', () => {
  it.each([
    [1, 1, 1000, 2],
    [20, 20, 1000, 40],
  ])(
    'of %d a second is kept at the server in any window, however requests are delayed on their way',
    async (rate, most, ms, count) => {
      let number = 0;
      // Headers are held back for a while, and some connections are ended, so that others have to be opened.
      const { url, came } = await serve((_, response) => {
        number += 1;
        if (number % 3 === 0) response.setHeader('connection', 'close');
        setTimeout(() => response.writeHead(200, JSON_TYPE).end('{}'), (number * 37) % 90);
      });
      const made = client(rate);
      const background = Promise.all(Array.from({ length: 2 }, () => askInBackground(made, url)));
      await Promise.all([...Array.from({ length: count }, () => ask(made, url)), background]);
      expect(came).toHaveLength(count + 2);
      expect(mostWithin(came, ms)).toBeLessThanOrEqual(most);
    },
  );

  it('is not held up by a request that is answered late', async () => {
    const { url, came } = await serve((request, response) => {
      if (request.url !== '/slow') response.writeHead(200, JSON_TYPE).end('{}');
    });
    const made = client(10);
    const slow = failure(ask(made, `${url}slow`, 2_800));
    await delay(20);
    await ask(made, url);
    expect((came[1] ?? 0) - (came[0] ?? 0)).toBeLessThan(500);
    await slow;
  });

  it('tells whoever would wait too long at once, with the time after which it is worth a try', async () => {
    const { url, came } = await serve((_, response) => response.writeHead(200, JSON_TYPE).end('{}'));
    const made = client(2);
    const start = performance.now();
    const asked = Array.from({ length: 10 }, () => ask(made, url, 1_500));
    const outcomes = await Promise.allSettled(asked);
    expect(performance.now() - start).toBeLessThan(1_800);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
    expect(came.length).toBeLessThanOrEqual(3);
    expect(refused).toHaveLength(10 - came.length);
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
      expect(error.retryAfterMs).toBeGreaterThanOrEqual(500);
    }
  });
});

describe('a source that asked for rest', () => {
  it('is left alone as a whole: those that wait are told, and background tasks go on after it', async () => {
    let isAngry = true;
    const { url, came } = await serve((_, response) => {
      if (isAngry) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200, JSON_TYPE).end('{}');
      isAngry = false;
    });
    const made = client(null, {}, 1);
    const asked = [ask(made, url), ask(made, `${url}other`), ask(made, `${url}third`)];
    const background = askInBackground(made, `${url}background`);
    for (const one of asked) {
      const error = await failure(one);
      expect(error).toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
      expect(error.retryAfterMs).toBeGreaterThan(500);
      expect(error.retryAfterMs).toBeLessThanOrEqual(1000);
    }
    expect(await failure(ask(made, url))).toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
    expect(came).toHaveLength(1);
    expect((await background).status).toBe(200);
    expect((came[1] ?? 0) - (came[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect((await ask(made, url)).status).toBe(200);
  });

  it('by 503 and Retry-After is out of order meanwhile', async () => {
    const { url, came } = await serve((_, response) => response.writeHead(503, { 'retry-after': '30' }).end());
    const made = client(null);
    expect(await failure(ask(made, url))).toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryAfterMs: 30_000 });
    const again = await failure(ask(made, `${url}other`));
    expect(again.code).toBe('SOURCE_UNAVAILABLE');
    expect(again.retryAfterMs).toBeGreaterThan(29_000);
    expect(came).toHaveLength(1);
  });

  it.each([-3_600_000, 3_600_000])('until a date means its own clock, which is %d ms off', async (skew) => {
    const { url } = await serve((_, response) => {
      const now = Date.now() + skew;
      response.setHeader('date', new Date(now).toUTCString());
      response.writeHead(429, { 'retry-after': new Date(now + 20_000).toUTCString() }).end();
    });
    const { retryAfterMs } = await failure(ask(client(null), url));
    expect(retryAfterMs).toBeGreaterThanOrEqual(19_000);
    expect(retryAfterMs).toBeLessThanOrEqual(21_000);
  });

  it('is asked by background tasks ever more rarely while it fails', async () => {
    const { url, came } = await serve((_, response) => response.writeHead(500).end());
    const made = client(null);
    // Each is tried once more; the second one ends before its own second try.
    await failure(askInBackground(made, url, 50_000));
    await failure(askInBackground(made, url, 3_500));
    const pauses = came.slice(1).map((time, index) => time - (came[index] ?? 0));
    expect(pauses).toHaveLength(2);
    expect(pauses[0]).toBeGreaterThan(700);
    expect(pauses[1]).toBeGreaterThan(1_400);
  });
});

describe('conditional requests', () => {
  it('ask for what is known already, and count what has not changed as an answer', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      const tag = request.headers['if-none-match'];
      seen.push(tag);
      if (tag === '"one"') response.writeHead(304, { etag: '"one"' }).end();
      else
        response.writeHead(200, { ...JSON_TYPE, etag: '"one"', 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
    });
    const made = client(null);
    const first = await ask(made, url);
    const second = await ask(made, url);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.json()).toEqual({ a: 1 });
    expect(seen).toEqual([undefined, '"one"']);
  });

  it('go by the time of change where there is no ETag, and are kept apart by credentials', async () => {
    const seen: (string | undefined)[] = [];
    const changed = 'Sat, 15 Aug 2026 04:00:00 GMT';
    const { url } = await serve((request, response) => {
      seen.push(request.headers['if-modified-since']);
      if (request.headers['if-modified-since'] === changed) response.writeHead(304).end();
      else response.writeHead(200, { ...JSON_TYPE, 'last-modified': changed }).end('{"a":1}');
    });
    const made = client(null);
    await ask(made, url, undefined, { authorization: 'Token a' });
    await ask(made, url, undefined, { authorization: 'Token b' });
    expect((await ask(made, url, undefined, { authorization: 'Token a' })).json()).toEqual({ a: 1 });
    expect(seen).toEqual([undefined, undefined, changed]);
  });

  it('are left to a caller that makes them itself', async () => {
    const { url } = await serve((request, response) => {
      if (request.headers['if-none-match'] === undefined)
        response.writeHead(200, { ...JSON_TYPE, etag: '"x"' }).end('{}');
      else response.writeHead(304).end();
    });
    const made = client(null);
    await ask(made, url);
    expect((await ask(made, url, undefined, { 'If-None-Match': '"x"' })).status).toBe(304);
  });
});

describe('who asks', () => {
  it.each([
    [undefined, 'kcigraph'],
    ['ci@example.org', 'kcigraph (ci@example.org)'],
    ['kcigraph/1 (+https://ci.example.org)', 'kcigraph/1 (+https://ci.example.org)'],
    ['ci@example.org\r\nx: y', 'kcigraph (ci@example.orgx: y)'],
  ])('says so: %j', async (userAgent, wanted) => {
    let said: string | undefined;
    const { url } = await serve((request, response) => {
      said = request.headers['user-agent'];
      response.writeHead(200, JSON_TYPE).end('{}');
    });
    await ask(client(null, { userAgent }), url);
    expect(said).toBe(wanted);
  });
});

describe('addresses', () => {
  it.each([
    ['10.1.2.3', 4, true],
    ['172.31.255.255', 4, true],
    ['172.32.0.1', 4, false],
    ['192.168.0.1', 4, true],
    ['169.254.169.254', 4, true],
    ['100.64.0.1', 4, true],
    ['127.8.8.8', 4, true],
    ['0.0.0.0', 4, true],
    ['255.255.255.255', 4, true],
    ['8.8.8.8', 4, false],
    ['::1', 6, true],
    ['::', 6, true],
    ['fd00::1', 6, true],
    ['fe80::1', 6, true],
    ['ff02::1', 6, true],
    ['::ffff:10.0.0.1', 6, true],
    ['64:ff9b::a00:1', 6, true],
    ['::ffff:8.8.8.8', 6, false],
    ['2001:4860:4860::8888', 6, false],
  ])('%s (IPv%d) is private: %s', (address, family, isPrivate) => {
    expect(isPrivateAddress(address, family)).toBe(isPrivate);
  });

  it('that are literal, and localhost, are the choice of whoever configured them', async () => {
    const { url } = await serve((_, response) => response.writeHead(200, JSON_TYPE).end('{}'));
    expect((await ask(client(null), url)).status).toBe(200);
    expect((await ask(client(null), url.replace('127.0.0.1', 'localhost'))).status).toBe(200);
  });

  it('that a name leads to are refused where they are private, unless that was configured', async ({ skip }) => {
    const found = await lookup(hostname()).catch(() => null);
    if (found === null || found.family !== 4 || !isPrivateAddress(found.address, 4)) {
      console.warn('The name of this machine leads to no private address: that such are refused is not tested.');
      skip();
    }
    const { url, came } = await serve((_, response) => response.writeHead(200, JSON_TYPE).end('{}'), '0.0.0.0');
    const named = url.replace('0.0.0.0', hostname());
    const error = await failure(ask(client(null), named));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining('private address') });
    expect(error.message).not.toContain(hostname());
    expect(came).toHaveLength(0);
    expect((await ask(client(null, { privateAddresses: true }), named)).status).toBe(200);
  });
});
