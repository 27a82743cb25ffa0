import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest } from './raw-request.ts';
import { startServer, type TestServer } from './start-server.ts';

let server: TestServer;
let open: TestServer;
beforeAll(async () => {
  server = await startServer();
  open = await startServer({ config: { submit: { open: true } } });
});
afterAll(() => Promise.all([server?.close(), open?.close()]));

const QUERY = encodeURIComponent('{ bed { name } }');

function get(target: string, headers: readonly string[], at = server): Promise<string> {
  const lines = [`GET ${target} HTTP/1.1`, ...headers, 'apollo-require-preflight: 1', 'connection: close', '', ''];
  return rawRequest(at.url, [lines.join('\r\n')], 10_000);
}

describe('a request target that is a whole address', () => {
  it.each([
    [`http://kcigraph.example/graphql?query=${QUERY}`, /^HTTP\/1\.1 200 [\s\S]*"name":"east"/],
    [`HTTPS://kcigraph.example:4000/graphql?query=${QUERY}`, /^HTTP\/1\.1 200 [\s\S]*"name":"east"/],
    ['http://kcigraph.example/health', /^HTTP\/1\.1 200 /],
    ['http://kcigraph.example', /^HTTP\/1\.1 200 [\s\S]*text\/html/],
    ['http://kcigraph.example?x', /^HTTP\/1\.1 200 [\s\S]*text\/html/],
    ['http://kcigraph.example/nowhere', /^HTTP\/1\.1 404 [\s\S]*There is nothing at .{0,2}\/nowhere/],
    ['ftp://kcigraph.example/health', /^HTTP\/1\.1 404 /],
  ])('is answered by its path: %s', async (target, answer) => {
    expect(await get(target, ['Host: kcigraph.example'])).toMatch(answer);
  });

  it('counts under its route in the figures', async () => {
    await get('http://kcigraph.example/ready', ['Host: kcigraph.example']);
    expect(await get('/metrics', ['Host: x'])).toMatch(/route="\/ready"/);
  });

  it('says which host is meant, whatever the header says: an open door is closed to others', async () => {
    const status = (target: string, host: string) => get(`${target}/status?id=x`, [`Host: ${host}`], open);
    expect(await status('http://evil.example', 'localhost')).toContain('only requests whose Host is localhost');
    expect(await status('http://localhost', 'localhost')).not.toContain('only requests whose Host is localhost');
    expect(await status('http://localhost', 'evil.example')).not.toContain('only requests whose Host is localhost');
  });
});

describe('Host headers', () => {
  it.each([
    ['two different ones', ['Host: localhost', 'Host: evil.example']],
    ['the same twice', ['Host: localhost', 'host: localhost']],
  ])('are refused where there are %s', async (_, headers) => {
    for (const target of ['/health', `/graphql?query=${QUERY}`, '/', '/nowhere', 'http://localhost/health']) {
      const answer = await get(target, headers);
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*The request has 2 Host headers; it must have one\./);
    }
  });

  it('are refused where there is none', async () => {
    expect(await get('/health', [])).toMatch(/^HTTP\/1\.1 400 /);
  });
});
