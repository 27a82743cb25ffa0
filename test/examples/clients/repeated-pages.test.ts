import { readFileSync } from 'node:fs';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange, type Data } from '@urql/exchange-graphcache';
import { getIntrospectionQuery, type IntrospectionQuery, isObjectType } from 'graphql';
import {
  type ConcreteRequest,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  Network,
  RecordSource,
  Store,
} from 'relay-runtime';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { resolvers } from '../../../gateway/graphql/resolvers/resolvers.ts';
import { scalars } from '../../../gateway/graphql/resolvers/scalars.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import type { PublishedGateway } from '../../gateway/http/published-gateway.ts';
import { ask } from '../../gateway/http/start-server.ts';
import { COMMIT, startTwoSystems } from './two-systems.ts';

const schema = buildSchema({ resolvers, scalars });
const NODES = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'))
  .map(({ name }) => name);

/** A page of components that each say what they need: one of them at several places, at some under a condition. */
const PAGE = gql`
  query Page($hash: String!, $details: Boolean!) {
    revision(gitCommitHash: $hash) {
      ...Link
      gitCommitName
      tests(first: 3, filter: { status: [FAIL] }) {
        nodes {
          ...Link @include(if: $details)
          ...Row
        }
      }
    }
    test(id: "acme:test-1041-boot-bench3") {
      ...Link
    }
  }
  fragment Row on Test {
    nodeId
    path
    status
    build {
      nodeId
      ...Link @skip(if: $details)
      architecture @include(if: $details)
    }
  }
  fragment Link on Node {
    nodeId
    ... on Revision { gitCommitHash }
    ... on Build { configName }
    ... on Test { origin environment { comment } }
  }
`;
/** The page is opened again and again, with details and without. */
const VISITS = [true, true, true, false, false, true, false, true].map((details) => ({ hash: COMMIT, details }));

let gateway: PublishedGateway;
const complaints: unknown[][] = [];
beforeAll(async () => {
  gateway = await startTwoSystems();
});
afterAll(() => gateway?.[Symbol.asyncDispose]());
beforeEach(() => {
  // Clients tell about fields that an answer lacks on the console only.
  complaints.length = 0;
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...told) => {
      complaints.push(told);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(complaints).toEqual([]);
});

/** Each visit is a client of its own. `load` gives what the gateway answered. */
async function visit(load: (variables: (typeof VISITS)[number]) => Promise<unknown>): Promise<void> {
  const first = new Map<boolean, string>();
  for (const variables of VISITS) {
    const text = JSON.stringify(await load(variables));
    const before = first.get(variables.details);
    if (before === undefined) first.set(variables.details, text);
    else expect(text).toBe(before);
  }
  expect(first.get(true)).toContain('"architecture"');
  expect(first.get(false)).not.toContain('"architecture"');
  for (const text of first.values()) expect(text).toContain('"gitCommitName":"v6.19-rc4-118-g5e1f0a7c2b9d"');
}

it('Apollo Client with keyFields finds all fields, however often the page is loaded', async () => {
  await visit(async (variables) => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: `${gateway.url}/graphql` }),
      cache: new InMemoryCache({
        possibleTypes: { Node: NODES },
        typePolicies: Object.fromEntries(NODES.map((name) => [name, { keyFields: ['nodeId'] }])),
      }),
    });
    const { data: loaded } = await client.query({ query: PAGE, variables });
    const { data: stored } = await client.query({ query: PAGE, variables, fetchPolicy: 'cache-only' });
    client.stop();
    expect(stored).toEqual(loaded);
    return loaded;
  });
});

it('urql with graphcache finds all fields, however often the page is loaded', async () => {
  const introspection = await ask(gateway.url, getIntrospectionQuery({ descriptions: false }));
  const introspected: IntrospectionQuery = JSON.parse(JSON.stringify(introspection.answer.data));
  const keyOf = ({ nodeId }: Data) => (typeof nodeId === 'string' ? nodeId : null);
  const keys = Object.fromEntries(
    introspected.__schema.types.filter(({ kind }) => kind === 'OBJECT').map(({ name }) => [name, keyOf]),
  );
  await visit(async (variables) => {
    const client = new Client({
      url: `${gateway.url}/graphql`,
      preferGetMethod: false,
      exchanges: [cacheExchange({ keys, schema: introspected }), fetchExchange],
    });
    const loaded = await client.query(PAGE, variables).toPromise();
    expect(loaded.error).toBeUndefined();
    const stored = await client.query(PAGE, variables, { requestPolicy: 'cache-only' }).toPromise();
    expect(stored.stale).toBe(false);
    expect(stored.data).toEqual(loaded.data);
    return loaded.data;
  });
});

it('Relay finds all fields of what its compiler made, however often the page is loaded', async () => {
  const request: ConcreteRequest = JSON.parse(readFileSync(new URL('relay/commit-page.json', import.meta.url), 'utf8'));
  expect(request.params.text?.match(/\.\.\.commitPageLink_node/g)).toHaveLength(4);
  await visit(async (variables) => {
    let loaded: unknown;
    const environment = new Environment({
      getDataID: ({ nodeId }) => nodeId,
      store: new Store(new RecordSource()),
      network: Network.create(async ({ text }, given) => {
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: text, variables: given }),
        });
        const answer = await response.json();
        loaded = answer.data;
        return answer;
      }),
    });
    await fetchQuery(environment, request, variables).toPromise();
    const operation = createOperationDescriptor(request, variables);
    expect(environment.check(operation).status).toBe('available');
    expect(environment.lookup(operation.fragment).isMissingData).toBe(false);
    return loaded;
  });
});
