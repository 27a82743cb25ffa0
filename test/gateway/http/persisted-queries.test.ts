import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PublishedGateway, startPublishedGateway } from './published-gateway.ts';

let gateway: PublishedGateway;
beforeAll(async () => {
  const document = await readFile(new URL('../../../examples/documents/acme-nightly.json', import.meta.url), 'utf8');
  gateway = await startPublishedGateway({ acme: { document, freshness: 60_000 } });
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

interface Persisted {
  readonly query?: string;
  readonly variables?: object;
  readonly hash: string;
}

const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');
const extensionsOf = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

function get({ query, variables, hash }: Persisted): Promise<Response> {
  const parameters = new URLSearchParams({ extensions: JSON.stringify(extensionsOf(hash)) });
  if (query !== undefined) parameters.set('query', query);
  if (variables !== undefined) parameters.set('variables', JSON.stringify(variables));
  return fetch(`${gateway.url}/graphql?${parameters}`, { headers: { 'apollo-require-preflight': 'true' } });
}

function post({ query, variables, hash }: Persisted): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables, extensions: extensionsOf(hash) }),
  });
}

describe.each([
  ['GET', get, 'query OneByGet($first: Int) { tests(first: $first) { nodes { id } } }'],
  ['POST', post, 'query OneByPost($first: Int) { tests(first: $first) { nodes { id } } }'],
] as const)('a document that is known by its hash, by %s', (method, ask, query) => {
  const hash = hashOf(query);

  it('is asked for at first, and that answer is kept by nobody', async () => {
    const response = await ask({ hash });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
  });

  it('is learnt, and runs by the hash alone, with variables', async () => {
    expect(await (await ask({ query, hash })).json()).not.toHaveProperty('errors');
    const response = await ask({ hash, variables: { first: 2 } });
    const { data } = JSON.parse(await response.text());
    expect(data.tests.nodes).toHaveLength(2);
    expect(response.headers.get('cache-control')).toBe(method === 'GET' ? 'public, max-age=60' : 'no-store');
  });

  it('is not learnt under the hash of another', async () => {
    const other = hashOf(`${query} `);
    expect(await (await ask({ query, hash: other })).json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(await (await ask({ hash: other })).json()).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });

  it('is held against the limits before it is learnt', async () => {
    const deep = `{ tests { nodes ${'{ build { tests { nodes '.repeat(8)}{ id }${' } } }'.repeat(8)} } }`;
    expect(await (await ask({ query: deep, hash: hashOf(deep) })).json()).toMatchObject({
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }],
    });
    expect(await (await ask({ hash: hashOf(deep) })).json()).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });
});
