import { readFile } from 'node:fs/promises';
import { type ExecutionResult, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteBudget } from '../../../gateway/federation/byte-budget.ts';
import { createRequestContext } from '../../../gateway/federation/request.ts';
import { ReferenceExecutor } from '../../../gateway/graphql/executor.ts';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { resolvers } from '../../../gateway/graphql/resolvers/resolvers.ts';
import { scalars } from '../../../gateway/graphql/resolvers/scalars.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { exampleQueries } from '../../../gateway/http/graphiql.ts';
import { ANCESTOR_QUERIES, GRAPH_QUERIES } from '../../support/graph-queries.ts';
import { usePostgres } from '../../support/postgres.ts';
import { NO_SUBMISSION, SILENT } from '../graphql/request.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';
import { ask } from './start-server.ts';

const postgres = usePostgres();
const examples = exampleQueries(new Date('2026-01-15T12:00:00Z'));
/** What the tabs are filled in with for the sample document. */
const VARIABLES: Readonly<Record<string, object>> = {
  Commit: { filter: { gitCommitHash: { prefix: '5e1f0a7c2b9d' } } },
  HistoryOfTest: { path: 'power', platform: 'anvil-2' },
};
let gateway: NativeGateway;

beforeAll(async () => {
  gateway = await startNativeGateway(await postgres.migrated(), { open: true });
  const document = await readFile(new URL('../../../examples/documents/acme-nightly.json', import.meta.url));
  const answer = await fetch(`${gateway.url}/submit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: document,
  });
  if (!answer.ok) throw new Error(await answer.text());
});
afterAll(() => gateway?.close());

describe("GraphiQL's example queries", () => {
  it.each(examples.map((example) => [/query (\w+)/.exec(example.query)?.[1] ?? '', example] as const))(
    '%s finds something in the sample document',
    async (name, { query, variables }) => {
      const { status, answer } = await ask(gateway.url, query, { ...variables, ...VARIABLES[name] });
      expect(answer.errors).toBeUndefined();
      expect(status).toBe(200);
      expect(JSON.stringify(answer.data)).toContain('acme');
    },
  );

  it.each(examples.map((example) => [/query (\w+)/.exec(example.query)?.[1] ?? '', example] as const))(
    '%s runs as it stands',
    async (_, { query, variables }) => {
      expect((await ask(gateway.url, query, variables)).answer.errors).toBeUndefined();
    },
  );
});

describe('over the native store the compiled executor agrees with graphql-js on', () => {
  const schema = buildSchema({ resolvers, scalars });
  const jit = new JitExecutor(schema);
  const reference = new ReferenceExecutor(schema);
  const queries: Readonly<Record<string, readonly [string, Record<string, unknown>]>> = {
    ...Object.fromEntries(
      Object.entries({ ...GRAPH_QUERIES, ...ANCESTOR_QUERIES }).map(([name, text]) => [name, [text, {}]]),
    ),
    ...Object.fromEntries(
      examples.map(({ query, variables }) => {
        const name = /query (\w+)/.exec(query)?.[1] ?? '';
        return [name, [query, { ...variables, ...VARIABLES[name] }]];
      }),
    ),
    nodes: [
      '{ tests { nodes { nodeId } } all: nodes(ids: ["VGVzdDphY21lOnRlc3QtMTA0MS1ib290LWJlbmNoMw", "QnVpbGQ6YWNtZTpidWlsZC0xMDQxLWFybTY0", "x"]) { __typename nodeId ... on Test { path number { value } } ... on Build { duration } } }',
      {},
    ],
    faults: [
      '{ a: builds(first: 501) { nodes { id } } b: builds(after: "?") { nodes { id } } revision(gitCommitHash: "zz") { nodeId } sources { name } }',
      {},
    ],
    values: [
      'query($v: BigInt, $t: DateTime) { issues(filter: { timestamp: { from: $t } }) { nodes { version timestamp misc culprit { code tool harness } } } issue(id: "acme:x", version: $v) { id } }',
      { v: '7', t: '2026-01-01T00:00:00+01:00' },
    ],
  };

  it.each(Object.entries(queries))('%s', async (_, [text, variables]) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const request = () => ({
      document,
      operationName: null,
      variables,
      context: createRequestContext({
        signal: new AbortController().signal,
        deadline: Date.now() + 10_000,
        log: SILENT,
        registry: gateway.registry,
        submission: NO_SUBMISSION,
        token: null,
        memory: new ByteBudget(Number.POSITIVE_INFINITY).open(),
      }),
    });
    const expected = comparable(await reference.execute(request()));
    for (let time = 0; time < 2; time++) expect(comparable(await jit.execute(request()))).toEqual(expected);
  });
});

function comparable({ data, errors = [] }: ExecutionResult) {
  const told = errors.map(({ message, path, extensions }) => JSON.stringify({ message, path, extensions }));
  return { data: JSON.stringify(data), errors: told.sort() };
}
