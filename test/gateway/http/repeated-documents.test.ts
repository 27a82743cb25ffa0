import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMIT, startTwoSystems } from '../../examples/clients/two-systems.ts';
import type { PublishedGateway } from './published-gateway.ts';
import { ask } from './start-server.ts';

let gateway: PublishedGateway;
beforeAll(async () => {
  gateway = await startTwoSystems();
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

let documents = 0;
/** The answer to a document that the gateway has not seen before. */
const askAnew = (query: string, variables?: object) => ask(gateway.url, `# ${documents++}\n${query}`, variables);

const BOTH = [{ i: true }, { i: false }];
const CASES: Readonly<Record<string, readonly [string, readonly object[]]>> = {
  'a fragment at two places, one of them under a condition': [
    'query($i: Boolean!) { b: test(id: "acme:test-1041-boot-bench3") { ...T @include(if: $i) path } a: test(id: "bravo:test-3") { ...T } } fragment T on Test { path build { architecture } }',
    BOTH,
  ],
  'a fragment twice, once left out': [
    '{ tests(first: 1) { ...F @include(if: false) ...F } } fragment F on TestConnection { totalCount }',
    [{}],
  ],
  'a field that is left out of another mention of its object': [
    '{ sources { adapter } ... @include(if: false) { sources { ... on Source { name } } } }',
    [{}],
  ],
  'counts that are left out': [
    '{ issues { ... @include(if: false) { nodes { ... on Issue { incidents { totalCount } } } } nodes { comment } } }',
    [{}],
  ],
  'a first mention that is skipped': ['{ sources { name @skip(if: true) adapter name } }', [{}]],
  'a condition that is decided by a default': [
    'query($i: Boolean! = false, $first: Int = 1) { tests(first: $first) { totalCount nodes { id path @include(if: $i) } } }',
    [{}, { i: true }, { i: false, first: null }, { first: 2 }],
  ],
  'a condition that is null': [
    'query($i: Boolean = true) { tests(first: 1) { nodes { id @skip(if: $i) path } } }',
    [{ i: null }, { i: false }, {}],
  ],
  'an argument that a null makes invalid': [
    'query($s: String = "acme") { tests(first: 1) { totalCount } test(id: "acme:test-1041-boot-bench3", sources: [$s]) { path } }',
    [{ s: null }, {}],
  ],
  'refused arguments beside what is found': [
    `query($n: Int) { revision(gitCommitHash: "${COMMIT}") { gitCommitName } test(id: "acme:test-1041-boot-bench3") { incidents(first: $n) { totalCount } path } }`,
    [{ n: 501 }, { n: 1 }],
  ],
};

describe('a document is answered again as it was the first time', () => {
  it.each(Object.entries(CASES))('with %s', async (_, [query, sets]) => {
    for (let round = 0; round < 3; round++) {
      for (const variables of sets) {
        const { answer, status } = await ask(gateway.url, query, variables);
        const anew = await askAnew(query, variables);
        // As text: with the order of keys.
        expect(JSON.stringify(answer.data)).toBe(JSON.stringify(anew.answer.data));
        expect(answer.errors?.map(({ message, path }) => [message, path])).toEqual(
          anew.answer.errors?.map(({ message, path }) => [message, path]),
        );
        expect(status).toBe(anew.status);
        expect(JSON.stringify(answer)).not.toContain('INTERNAL');
      }
    }
  });

  it('with several operations, whichever was asked before', async () => {
    const query =
      'query A($i: Boolean!) { tests(first: 1) { ...F @include(if: $i) totalCount } } query B { tests(first: 1) { ...F } } fragment F on TestConnection { nodes { path } }';
    const names = async (operationName: string, variables: object) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, operationName, variables }),
      });
      const { data } = await response.json();
      return Object.keys(data.tests);
    };
    for (let round = 0; round < 3; round++) {
      expect(await names('A', { i: false })).toEqual(['totalCount']);
      expect(await names('B', {})).toEqual(['nodes']);
      expect(await names('A', { i: true })).toEqual(['nodes', 'totalCount']);
    }
  });
});

describe('an empty operationName and variables that are null count as absent', () => {
  const query = '{ sources { name } }';
  const data = { sources: [{ name: 'acme' }, { name: 'bravo' }] };

  it.each<Record<string, string>>([
    { operationName: '' },
    { variables: 'null' },
    { operationName: '', variables: ' null ' },
    { operationName: '', variables: '{}' },
  ])('by GET: %j', async (parameters) => {
    const search = new URLSearchParams({ query, ...parameters });
    const headers = { 'apollo-require-preflight': 'yes' };
    const response = await fetch(`${gateway.url}/graphql?${search}`, { headers });
    expect(await response.json()).toMatchObject({ data });
  });

  it.each([
    { operationName: '' },
    { variables: null },
    { operationName: '', variables: null },
    { operationName: null },
  ])('by POST: %j', async (members) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, ...members }),
    });
    expect(await response.json()).toMatchObject({ data });
  });

  it('and leave open which of several operations is meant', async () => {
    const search = new URLSearchParams({ query: 'query A { __typename } query B { __typename }', operationName: '' });
    const headers = { 'apollo-require-preflight': 'yes' };
    const { errors } = await (await fetch(`${gateway.url}/graphql?${search}`, { headers })).json();
    expect(errors[0].message).toContain('several operations');
  });
});
