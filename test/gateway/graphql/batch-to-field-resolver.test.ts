import { describe, expect, it } from 'vitest';
import { type Executor, ReferenceExecutor } from '../../../gateway/graphql/executor.ts';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { garden } from './garden.ts';
import { requestFor } from './request.ts';

/** Executes a query by an engine that has compiled it where it can, and gives the calls that the last time made. */
async function callsOf(makeExecutor: (schema: Executor['schema']) => Executor, query: string, variables = {}) {
  const { calls, ...parts } = garden();
  const executor = makeExecutor(buildSchema(parts));
  await executor.execute(requestFor(query, variables));
  calls.length = 0;
  await executor.execute(requestFor(query, variables));
  return calls;
}

describe.each([
  ['graphql-js', (schema: Executor['schema']) => new ReferenceExecutor(schema)],
  ['compiled code', (schema: Executor['schema']) => new JitExecutor(schema)],
])('under %s', (_, makeExecutor) => {
  const run = (query: string, variables?: object) => callsOf(makeExecutor, query, variables);

  it('a relation is called once a level, for all parents', async () => {
    const calls = await run('{ beds { plants(first: 3) { nodes { bed { neighbour { name } } } } } }');
    expect(calls.map(({ field, parents }) => [field, parents])).toEqual([
      ['beds', 1],
      ['plants', 3],
      ['bed', 6],
      ['neighbour', 6],
    ]);
  });

  it('fields with other arguments are other calls, under aliases too', async () => {
    const calls = await run('{ beds { a: plants(first: 1) { totalCount } b: plants(first: 2) { totalCount } } }');
    expect(calls.map(({ field, parents }) => [field, parents])).toEqual([
      ['beds', 1],
      ['plants', 3],
      ['plants', 3],
    ]);
  });

  it('a fragment that is spread in several places is one call a level', async () => {
    const calls = await run(
      '{ a: bed { ...F } b: bed(name: "west") { ...F } } fragment F on Bed { neighbour { name } }',
    );
    expect(calls.filter(({ field }) => field === 'neighbour').map(({ parents }) => parents)).toEqual([2]);
  });

  it('the selection is by field name, over fragments, types and aliases', async () => {
    const query =
      '{ bed { x: plants { nodes { p: name ... on Plant { kind } ...F } } } } fragment F on Plant { size { unit } __typename }';
    const calls = await run(query);
    expect(calls.find(({ field }) => field === 'plants')?.fields).toEqual(['nodes']);
    const nodes = await run(
      '{ nodes(ids: ["bed-east", "plant-1"]) { ... on Bed { n: name } ... on Plant { kind } nodeId } }',
    );
    expect(nodes[0]?.fields).toEqual(['kind', 'name', 'nodeId']);
  });

  it('the selection leaves out what @skip and @include leave out', async () => {
    const query =
      'query($b: Boolean!) { bed { name @skip(if: $b) ... @include(if: $b) { nodeId } broken @include(if: false) } }';
    expect((await run(query, { b: true }))[0]?.fields).toEqual(['nodeId']);
    expect((await run(query, { b: false }))[0]?.fields).toEqual(['name']);
  });

  it('a path is where the value will stand, by aliases and indices', async () => {
    const calls = await run('{ all: beds { n: neighbour { name } } }');
    expect(calls.at(-1)?.paths).toEqual(['all.0.n', 'all.1.n', 'all.2.n']);
  });

  it('a resolver that gives too few values fails each parent, and nobody waits', async () => {
    const schema = buildSchema({
      typeDefs: 'type Query { list: [Item!]! } type Item { name: String }',
      resolvers: {
        Query: { list: async () => [[{}, {}]] },
        Item: { name: async () => ['only one'] },
      },
      scalars: [],
    });
    const { data, errors } = await makeExecutor(schema).execute(requestFor('{ list { name } }'));
    expect(JSON.parse(JSON.stringify(data))).toEqual({ list: [{ name: null }, { name: null }] });
    expect(errors?.map(({ message }) => message)).toEqual([
      'The resolver of Item.name gave 1 values for 2 parents.',
      'The resolver of Item.name gave 1 values for 2 parents.',
    ]);
  });
});

it('a resolver of a field that there is not is an error when the schema is built', () => {
  const parts = { typeDefs: 'type Query { a: String }', resolvers: { Query: { b: async () => [null] } }, scalars: [] };
  expect(() => buildSchema(parts)).toThrow(/Query\.b/);
});
