import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PublishedGateway, startPublishedGateway } from './published-gateway.ts';

const DOCUMENT = await readFile(new URL('../../../examples/documents/acme-nightly.json', import.meta.url), 'utf8');
const OTHER = DOCUMENT.replaceAll('acme:', 'bravo:').replaceAll('"acme"', '"bravo"');
const CSRF = { 'apollo-require-preflight': 'true' };
const TESTS = '{ tests(first: 3) { totalCount nodes { id path } } }';

let gateway: PublishedGateway;
beforeAll(async () => {
  gateway = await startPublishedGateway({
    acme: { document: DOCUMENT, freshness: 90_000 },
    bravo: { document: OTHER, freshness: 20_500 },
    live: { document: DOCUMENT.replaceAll('acme:', 'live:').replaceAll('"acme"', '"live"'), freshness: 0 },
  });
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

function get(query: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const url = `${gateway.url}/graphql?${new URLSearchParams({ query })}`;
  // Without this, fetch has an opinion of its own about conditional requests.
  return fetch(url, { method, headers: { ...CSRF, ...headers }, cache: 'no-store' });
}

const of = (...sources: string[]) => TESTS.replace('first: 3', `first: 3, sources: ${JSON.stringify(sources)}`);

describe('how long the answer to a GET may be kept', () => {
  it.each([
    ['as long as its source is fresh', ['acme'], 'public, max-age=90'],
    ['as long as the least fresh of its sources', ['acme', 'bravo'], 'public, max-age=20'],
    ['only to be asked about again where a source is always anew', ['acme', 'live'], 'no-cache'],
  ])('%s', async (_, sources, expected) => {
    const response = await get(of(...sources));
    expect(response.headers.get('cache-control')).toBe(expected);
    expect(JSON.parse(await response.text())).toMatchObject({ data: { tests: { totalCount: 4 * sources.length } } });
  });

  it('by its own client alone, where the request brought a token', async () => {
    const response = await get(of('acme'), { authorization: 'Bearer x' });
    expect(response.headers.get('cache-control')).toBe('private, max-age=90');
  });

  it.each([
    ['a refused document', '{ nothing }'],
    ['a document that cannot be parsed', '{ tests {'],
    [
      'an error at a field',
      `{ a: tests(first: 1, sources: ["acme"]) { totalCount } b: tests(first: 501) { totalCount } }`,
    ],
    ['a mutation', 'mutation { submit(document: {}) { id } }'],
  ])('not at all after %s', async (_, query) => {
    const response = await get(query);
    expect(await response.json()).toHaveProperty('errors');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('not at all without the header that keeps other pages out', async () => {
    const response = await get(TESTS, { 'apollo-require-preflight': '' });
    expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store']);
  });

  it('not without asking again where it tells how the sources are, or of none', async () => {
    for (const query of [
      '{ sources { name state } }',
      `{ tests(first: 1, sources: ["acme"]) { totalCount } ...S } fragment S on Query { s: source(name: "acme") { state } }`,
      '{ __typename }',
    ]) {
      expect((await get(query)).headers.get('cache-control'), query).toBe('no-cache');
    }
    const names = await get('{ tests(first: 1, sources: ["acme"]) { nodes { sources } } }');
    expect(names.headers.get('cache-control')).toBe('public, max-age=90');
  });

  it('and never the answer to a POST', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: of('acme') }),
    });
    expect([response.headers.get('cache-control'), response.headers.get('etag')]).toEqual(['no-store', null]);
  });
});

describe('the Age of an answer', () => {
  it('counts from when its oldest part was read, and begins anew for a client that asks for a newer one', async () => {
    const age = async (headers: Record<string, string> = {}) =>
      Number((await get(of('acme'), { 'cache-control': '', ...headers })).headers.get('age'));
    await age();
    await expect.poll(() => age(), { timeout: 10_000, interval: 200 }).toBeGreaterThanOrEqual(5);
    expect(await age({ 'cache-control': 'max-age=60' })).toBeGreaterThanOrEqual(5);
    expect(await age({ 'cache-control': 'no-cache' })).toBe(0);
  });

  it('is told by POST for each source, in milliseconds', async () => {
    const post = async () => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: of('bravo') }),
      });
      return JSON.parse(await response.text()).extensions.sources.bravo.ageMs;
    };
    const before = await post();
    await expect.poll(post).toBeGreaterThan(before);
  });
});

describe('the tag of an answer', () => {
  it('spares sending it again', async () => {
    const first = await get(of('acme'));
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{20,}"$/);
    for (const header of [etag, `"other", ${etag}`, etag.slice(2), '*']) {
      const again = await get(of('acme'), { 'if-none-match': header });
      expect([header, again.status, await again.text()]).toEqual([header, 304, '']);
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('cache-control')).toBe('public, max-age=90');
      expect(again.headers.get('vary')).toContain('Accept');
    }
    expect((await get(of('acme'), { 'if-none-match': 'W/"other"' })).status).toBe(200);
  });

  it('is another for other data', async () => {
    const tags = new Set<string | null>();
    for (const sources of [['acme'], ['bravo'], ['acme', 'bravo']])
      tags.add((await get(of(...sources))).headers.get('etag'));
    expect(tags.size).toBe(3);
  });

  it('stays over requests that took another time, which the answer does not tell', async () => {
    const tags = new Set<string | null>();
    for (let time = 0; time < 3; time++) {
      const response = await get(of('live'));
      tags.add(response.headers.get('etag'));
      const { extensions } = JSON.parse(await response.text());
      const usage = { requests: expect.any(Number), items: 4, cacheHits: 0, refused: 0, state: 'UP' };
      expect(extensions.sources.live).toEqual(usage);
    }
    expect(tags.size).toBe(1);
  });

  it('is not given to a refusal', async () => {
    expect((await get('{ nothing }')).headers.get('etag')).toBeNull();
  });

  it('is the same for HEAD, which has the headers of GET', async () => {
    const [got, head] = [await get(of('acme')), await get(of('acme'), {}, 'HEAD')];
    for (const name of ['etag', 'cache-control', 'vary', 'content-type', 'content-encoding']) {
      expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)]);
    }
    expect(await head.text()).toBe('');
    const etag = got.headers.get('etag') ?? '';
    expect((await get(of('acme'), { 'if-none-match': etag }, 'HEAD')).status).toBe(304);
  });
});

it('an answer that a source is missing from has a tag by its codes, and is not kept', async () => {
  await using failing = await startPublishedGateway({
    acme: { document: DOCUMENT, freshness: 90_000 },
    bravo: { document: OTHER, freshness: 0 },
  });
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`${failing.url}/graphql?${new URLSearchParams({ query: TESTS })}`, { headers: { ...CSRF, ...headers } });
  const whole = (await ask()).headers.get('etag');
  failing.fail('bravo');
  const partial = await ask();
  expect(partial.headers.get('cache-control')).toBe('no-store');
  expect(await partial.json()).toMatchObject({
    errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE', source: 'bravo' } }],
  });
  const tag = partial.headers.get('etag') ?? '';
  expect(tag).not.toBe(whole);
  const again = await ask({ 'if-none-match': tag });
  expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'no-store']);
});
