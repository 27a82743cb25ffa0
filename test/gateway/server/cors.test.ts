import { expect, it } from 'vitest';
import { startServer } from './start-server.ts';

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
  for (const name of ['content-type', 'apollo-require-preflight', 'if-none-match'])
    expect(preflight.headers.get('access-control-allow-headers')?.split(', ')).toContain(name);

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
