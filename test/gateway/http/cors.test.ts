import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, hasChromium, startChromium } from '../../support/chromium.ts';
import { startServer, type TestServer } from './start-server.ts';

const DASHBOARD = 'https://dashboard.example';

it('a page of a configured origin may send conditional requests and read the tag', async () => {
  await using server = await startServer({ config: { cors: [DASHBOARD, 'https://other.example'] } });
  const preflight = await fetch(`${server.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin: DASHBOARD,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'apollo-require-preflight, if-none-match',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
  expect(preflight.headers.get('access-control-allow-headers')).toBe('apollo-require-preflight, if-none-match');
  expect(preflight.headers.get('vary')?.split(', ').sort()).toEqual(['Access-Control-Request-Headers', 'Origin']);

  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}/graphql?query={beds{name}}`, {
      headers: { origin: DASHBOARD, 'apollo-require-preflight': 'true', ...headers },
      cache: 'no-store',
    });
  const first = await ask({});
  const etag = first.headers.get('etag') ?? '';
  const again = await ask({ 'if-none-match': etag });
  expect([first.status, again.status]).toEqual([200, 304]);
  for (const { headers } of [first, again]) {
    expect(headers.get('access-control-allow-origin')).toBe(DASHBOARD);
    expect(headers.get('access-control-expose-headers')).toContain('etag');
    // A shared cache must not show one origin's permission to another.
    expect(headers.get('vary')?.split(', ').sort()).toEqual(['Accept', 'Accept-Encoding', 'Origin']);
  }
});

it('all pages may ask where the configuration says "*"', async () => {
  await using server = await startServer({ config: { cors: ['*'] } });
  const { headers } = await fetch(`${server.url}/graphql?query={__typename}`, {
    headers: { origin: 'https://anybody.example', 'apollo-require-preflight': 'true' },
  });
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('vary')).not.toContain('Origin');
});

it('no page may ask where the configuration names none', async () => {
  await using server = await startServer();
  const { headers } = await fetch(`${server.url}/health`, { headers: { origin: DASHBOARD } });
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

it.each([
  ['a path that there is not', '/nowhere', { method: 'GET' }, 404],
  ['a method that is not taken', '/graphql', { method: 'DELETE' }, 405],
  ['a body of another type', '/graphql', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  ['a body that is no JSON', '/graphql', { method: 'POST', body: 'x' }, 400],
  ['no readiness', '/ready', { method: 'GET' }, 503],
] as const)('a page of a configured origin may read an error: %s', async (_, path, init, status) => {
  await using server = await startServer({ config: { cors: [DASHBOARD] } });
  const headers = { 'content-type': 'application/json', ...('headers' in init ? init.headers : {}), origin: DASHBOARD };
  const answer = await fetch(`${server.url}${path}`, { ...init, headers });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('access-control-allow-origin')).toBe(DASHBOARD);
  expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
});

it.each(['/submit', '/status', '/metrics', '/', '/graphiql'])(
  'a page of a configured origin may not read %s',
  async (path) => {
    await using server = await startServer({ config: { cors: [DASHBOARD] } });
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    for (const init of [{ method: 'GET' }, { method: 'OPTIONS', headers: preflight }]) {
      const { headers } = await fetch(`${server.url}${path}`, {
        ...init,
        headers: { ...init.headers, origin: DASHBOARD },
      });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  },
);

describe.runIf(hasChromium('what a browser lets a page of another origin ask'))('a page of another origin', () => {
  let site: Server;
  let browser: Browser;
  let page: Page;
  let server: TestServer;
  let closed: TestServer;

  beforeAll(async () => {
    site = createServer((_, response) => void response.setHeader('content-type', 'text/html').end('<!doctype html>'));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const address = site.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    server = await startServer({ config: { cors: [origin] } });
    closed = await startServer({ config: { cors: ['https://elsewhere.example'] } });
    browser = await startChromium();
    page = await browser.context.newPage();
    await page.goto(origin);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.close();
    await closed?.close();
    site?.close();
  });

  /** Asks from within the page: what it could read, or that the browser did not let it. */
  function ask(url: string, init: Init): Promise<Asked> {
    return page.evaluate(
      async ([address, given]) => {
        try {
          const answer = await fetch(address, given);
          return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
        } catch (error) {
          return { refused: String(error) };
        }
      },
      [url, init] as const,
    );
  }

  const body = JSON.stringify({ query: '{ beds { name } }' });
  const json = { 'content-type': 'application/json' };

  it.each<[string, Init]>([
    [
      'as Apollo Client does, with what people add to it',
      {
        headers: {
          ...json,
          accept: 'application/graphql-response+json,application/json;q=0.9',
          'apollographql-client-name': 'dashboard',
          'apollographql-client-version': '1.2',
          'x-apollo-operation-name': 'Beds',
          'apollo-require-preflight': 'true',
          authorization: 'Bearer x',
          traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
          baggage: 'a=b',
          'sentry-trace': '1-2-1',
        },
      },
    ],
    [
      'as urql does',
      { headers: { ...json, accept: 'application/graphql-response+json, application/json', 'x-own': '1' } },
    ],
    ['as graphql-request does', { headers: { ...json, 'graphql-client': 'request', 'cache-control': 'no-cache' } }],
    [
      'as graphql-sse does',
      { headers: { ...json, accept: 'text/event-stream, */*', 'x-graphql-event-stream-token': '1' } },
    ],
  ])('may ask %s', async (_, init) => {
    const answer = await ask(`${server.url}/graphql`, { method: 'POST', body, ...init });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('"beds"') });
    expect(answer.headers).toMatchObject({ 'x-request-id': expect.any(String) });
  });

  it('may ask by GET, and read the tag', async () => {
    const url = `${server.url}/graphql?query={beds{name}}`;
    const answer = await ask(url, { headers: { 'apollo-require-preflight': '1', 'if-none-match': '"x"' } });
    expect(answer).toMatchObject({ status: 200, headers: { etag: expect.any(String) } });
  });

  it('may read what is wrong with its request', async () => {
    const accept = 'application/graphql-response+json';
    const answer = await ask(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...json, accept },
      body: '{"query":"{ nothing }"}',
    });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('nothing') });
    expect(await ask(`${server.url}/nowhere`, {})).toMatchObject({ status: 404 });
  });

  it('may send no cookies, and ask nothing where it is not listed', async () => {
    const post = { method: 'POST', headers: json, body };
    expect(await ask(`${server.url}/graphql`, { ...post, credentials: 'include' })).toHaveProperty('refused');
    expect(await ask(`${closed.url}/graphql`, post)).toHaveProperty('refused');
    expect(await ask(`${server.url}/submit`, post)).toHaveProperty('refused');
  });
});

interface Init {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly credentials?: 'include';
}

interface Asked {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly refused?: string;
}
