import { createHash } from 'node:crypto';
import { createServer as createTcpServer } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';
import { rawRequest } from './raw-request.ts';
import { ask, startServer } from './start-server.ts';

const postgres = usePostgres();
let gateway: NativeGateway;
beforeAll(async () => {
  gateway = await startNativeGateway(await postgres.migrated());
});
afterAll(() => gateway?.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(gateway.url + path, { method, headers });

describe('the routes', () => {
  it('tell of each other where there is nothing', async () => {
    const response = await get('/grapqhl');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      status: 'error',
      message:
        'There is nothing at "/grapqhl"; there is /, /graphiql, /graphql, /submit, /status, /health, /ready, /metrics.',
    });
  });

  it.each([
    ['DELETE', '/graphql', 'GET, HEAD, POST'],
    ['PUT', '/submit', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['OPTIONS', '/metrics', 'GET, HEAD'],
  ])('refuse %s %s and say what they take', async (method, path, allow) => {
    const response = await get(path, {}, method);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.text()).toContain(`does not take ${method}; it takes ${allow}.`);
  });

  it('answer HEAD as GET without the body', async () => {
    const response = await get('/health', {}, 'HEAD');
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10);
    expect(await response.text()).toBe('');
  });

  it('carry a request id and the headers that browsers heed', async () => {
    const { headers } = await get('/health');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('/health, /ready and /metrics', () => {
  it('tell that the process is up, and how each source is', async () => {
    expect(await (await get('/health')).json()).toMatchObject({ status: 'ok' });
    const ready = await get('/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      sources: { native: { adapter: 'postgres', state: 'UP', ok: true } },
    });
  });

  it('are not ready while no source answers', async () => {
    const down = await startNativeGateway('postgres://nobody:hidden-password@127.0.0.1:1/none');
    try {
      const ready = await fetch(`${down.url}/ready`);
      expect(ready.status).toBe(503);
      const text = await ready.text();
      expect(JSON.parse(text)).toMatchObject({ status: 'unavailable', sources: { native: { ok: false } } });
      expect(text).not.toMatch(/127\.0\.0\.1|hidden-password|ECONNREFUSED/);
      expect((await fetch(`${down.url}/health`)).status).toBe(200);
    } finally {
      await down.close();
    }
  });

  it('count requests by route, executions by engine, errors by code and calls by source', async () => {
    await ask(gateway.url, '{ builds(first: 1) { nodes { id } } }');
    await ask(gateway.url, '{ builds(first: 1) { nodes { id } } }');
    await ask(gateway.url, '{ builds(first: 501) { nodes { id } } }');
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    for (const line of [
      /kcigraph_http_request_seconds_count\{route="\/graphql",status="200"\} [3-9]/,
      /kcigraph_execution_seconds_count\{executor="jit"\} [1-9]/,
      /kcigraph_execution_seconds_count\{executor="reference"\} [1-9]/,
      /kcigraph_graphql_errors_total\{code="BAD_USER_INPUT"\} [1-9]/,
      /kcigraph_source_call_seconds_count\{source="native",call="list"\} [1-9]/,
      /kcigraph_source_state\{source="native"\} 2/,
      /kcigraph_nodejs_eventloop_lag_p99_seconds/,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text).not.toContain('grapqhl');
  });
});

describe("GraphiQL's page", () => {
  it.each([
    ['/', '*/*'],
    ['/graphiql', '*/*'],
    ['/graphql', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ])('is what GET %s with Accept %s gives', async (path, accept) => {
    const response = await get(path, { accept });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(await response.text()).toContain('<title>kcigraph</title>');
  });

  it('is the same in every encoding, and sent once only', async () => {
    const raw = async (encoding: string) => {
      const answer = await rawBytes(`${gateway.url}/`, encoding);
      return answer;
    };
    const plain = await raw('identity');
    expect(brotliDecompressSync(await raw('br')).equals(plain)).toBe(true);
    expect(gunzipSync(await raw('gzip')).equals(plain)).toBe(true);
    const etag = (await get('/')).headers.get('etag') ?? '';
    expect(etag).toBe(`"${createHash('sha256').update(plain).digest('base64url')}"`);
    expect((await get('/', { 'if-none-match': etag })).status).toBe(304);
  });
});

async function rawBytes(url: string, encoding: string): Promise<Buffer> {
  const { request } = await import('undici');
  const { body } = await request(url, { headers: { 'accept-encoding': encoding } });
  return Buffer.from(await body.arrayBuffer());
}

describe('pages of other origins', () => {
  it('may ask where the configuration says so, and only there', async () => {
    await using server = await startServer({ config: { cors: ['https://dashboard.example'] } });
    const preflight = (origin: string, path: string) =>
      fetch(server.url + path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-own',
        },
      });
    const allowed = await preflight('https://dashboard.example', '/graphql');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://dashboard.example');
    expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type,x-own');
    expect(allowed.headers.get('vary')).toContain('Origin');
    for (const response of [
      await preflight('https://evil.example', '/graphql'),
      await preflight('https://dashboard.example', '/submit'),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('persisted documents', () => {
  it('are known by their hash once they were sent', async () => {
    const query = '{ builds(first: 2) { totalCount } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const post = async (body: object) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return JSON.parse(await response.text());
    };
    expect(await post({ extensions })).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    expect(await post({ query, extensions })).toMatchObject({ data: { builds: { totalCount: 0 } } });
    expect(await post({ extensions })).toMatchObject({ data: { builds: { totalCount: 0 } } });
    expect(await post({ query: '{ __typename }', extensions })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

describe('a port in use', () => {
  it('is named in one sentence', async () => {
    const other = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expect(startServer({ config: { listen: { host: '127.0.0.1', port } } })).rejects.toThrow(
        `Port ${port} on 127.0.0.1 is in use by another process: stop it, or choose another port with --port.`,
      );
    } finally {
      other.close();
    }
  });
});

describe('a slow head', () => {
  it('does not keep others waiting', async () => {
    const slow = rawRequest(gateway.url, ['GET /health HTTP/1.1\r\nhost: x\r\nx-slow: '], 500);
    expect((await get('/health')).status).toBe(200);
    expect(await slow).toBe('');
  });
});
