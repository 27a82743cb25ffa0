import { afterAll, beforeAll, expect, it } from 'vitest';
import { createExecutor } from '../../../gateway/graphql/schema.ts';
import { ask, startServer, type TestServer } from './start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ executor: createExecutor() });
});
afterAll(() => server?.close());

const ids = (count: number) => Array.from({ length: count }, (_, n) => `x:${n}`);

const CASES: Readonly<Record<string, readonly [query: string, variables: (count: number) => object, wording: string]>> =
  {
    'a filter that is a variable': [
      'query($f: TestFilter) { tests(filter: $f) { totalCount } }',
      (count) => ({ f: { origin: ['x'], id: ids(count) } }),
      'The filter "id" of "tests" lists 5001 values; the limit is 5000.',
    ],
    'a variable within a filter': [
      'query($ids: [ID!]) { builds(filter: { checkoutId: $ids }) { totalCount } }',
      (count) => ({ ids: ids(count) }),
      'The filter "checkoutId" of "builds" lists 5001 values; the limit is 5000.',
    ],
    'a variable within a part of a filter, below other fields and in a fragment': [
      'query($ids: [String!]) { build(id: "x:1") { ...B } } fragment B on Build { tests(filter: { path: { in: $ids } }) { totalCount } }',
      (count) => ({ ids: ids(count) }),
      'The filter "path.in" of "tests" lists 5001 values; the limit is 5000.',
    ],
    'one of several filters': [
      'query($f: CheckoutFilter, $n: [String!] = []) { checkouts(filter: $f) { totalCount } tests(filter: { origin: $n }) { totalCount } }',
      (count) => ({ f: { gitCommitHash: { in: ids(count).map(() => 'a'.repeat(40)) } } }),
      'The filter "gitCommitHash.in" of "checkouts" lists 5001 values; the limit is 5000.',
    ],
    'another argument': [
      'query($names: [String!]) { issues(sources: $names) { totalCount } }',
      (count) => ({ names: ids(count) }),
      'The argument "sources" of "issues" lists 5001 values; the limit is 5000.',
    ],
  };

it.each(Object.entries(CASES))(
  'a list of more than 5,000 values is refused and named: %s',
  async (_, [query, variables, wording]) => {
    const { status, answer } = await ask(server.url, query, variables(5_001));
    expect(answer.errors).toEqual([
      { message: `${wording} Ask for the rest in further requests.`, extensions: { code: 'LIMIT_EXCEEDED' } },
    ]);
    expect(answer).not.toHaveProperty('data');
    expect(status).toBe(400);
    const within = await ask(server.url, query, variables(5_000));
    expect(JSON.stringify(within.answer)).not.toContain('LIMIT_EXCEEDED');
    expect(within.status).toBe(200);
  },
);

it('lists that are written out count too, and the limit is configurable', async () => {
  await using strict = await startServer({ executor: createExecutor(), limits: { values: 3 } });
  const { answer } = await ask(strict.url, '{ tests(filter: { status: [PASS, FAIL, MISS, SKIP] }) { totalCount } }');
  expect(answer.errors?.[0]?.message).toContain('The filter "status" of "tests" lists 4 values; the limit is 3.');
  const within = await ask(strict.url, '{ tests(filter: { status: [PASS, FAIL, MISS] }) { totalCount } }');
  expect(JSON.stringify(within.answer)).not.toContain('LIMIT_EXCEEDED');
});

it('lists within JSON do not count as values of a filter', async () => {
  const query = 'mutation($d: JSON!) { submit(document: $d) { id } }';
  const { answer } = await ask(server.url, query, { d: { tests: ids(6_000) } });
  expect(answer.errors?.[0]?.extensions.code).not.toBe('LIMIT_EXCEEDED');
});
