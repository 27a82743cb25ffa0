import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Plain GETs without a header that needs a preflight: any web page could have a browser send them. */
const REFUSED_ON_PURPOSE = new Set(['5A70', 'D6D5', '6A70']);

describe('the public audits of GraphQL over HTTP', () => {
  for (const { id, name, fn } of serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch })) {
    if (REFUSED_ON_PURPOSE.has(id)) {
      it(`${id} fails on purpose: ${name}`, async () => {
        const result = await fn();
        expect(result.status).toBe('notice');
        expect('response' in result && result.response.status).toBe(400);
      });
    } else {
      it(`${id} ${name}`, async () => {
        const result = await fn();
        expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
      });
    }
  }
});
