import { type ExecutionResult, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ReferenceExecutor } from '../../../gateway/graphql/executor.ts';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { garden } from './garden.ts';
import { QUERIES } from './queries.ts';
import { requestFor } from './request.ts';

const { calls, ...parts } = garden();
const schema = buildSchema(parts);

/** A hundred fields of a bed. */
const HEAVY = 'name nodeId broken neighbour { name } '.repeat(20);

/** What an execution had fetched: which fields, with what below them. */
async function fetched(execution: Promise<ExecutionResult>): Promise<{ result: ExecutionResult; fields: string[] }> {
  calls.length = 0;
  const result = await execution;
  const fields = calls.map(({ field, fields: below, parents }) => `${field} of ${parents}: ${below.join(' ')}`);
  return { result, fields: fields.sort() };
}

describe('the compiled executor agrees with graphql-js on', () => {
  for (const [name, query] of Object.entries(QUERIES)) {
    it(name, async () => {
      const [text, variables] = typeof query === 'string' ? [query, {}] : query;
      const engines: string[] = [];
      const jit = new JitExecutor(schema, (engine) => engines.push(engine));
      expect(validate(schema, requestFor(text).document)).toEqual([]);
      const reference = await fetched(new ReferenceExecutor(schema).execute(requestFor(text, variables)));
      const expected = comparable(reference.result);
      // The first time graphql-js answers, the second time generated code does, where it can.
      for (let time = 0; time < 3; time++) {
        const { result, fields } = await fetched(jit.execute(requestFor(text, variables)));
        expect(comparable(result)).toEqual(expected);
        expect(fields).toEqual(reference.fields);
      }
      expect(engines).toEqual(
        REFERENCE_ONLY.has(name) ? ['reference', 'reference', 'reference'] : ['reference', 'jit', 'jit'],
      );
    });
  }
});

/** What the compiled executor leaves to graphql-js. */
const REFERENCE_ONLY = new Set([
  'aliases with an underscore',
  'an alias that looks like a path',
  'the alias __proto__',
  'introspection',
  'introspection beside data',
  'a condition that is null',
  'a mutation',
]);

/** The bytes of the data, and the errors in the order of their paths: the order of parallel failures is nobody's promise. */
function comparable({ data, errors }: ExecutionResult) {
  const told = (errors ?? []).map(({ message, path, extensions, locations }) => ({
    message,
    path,
    extensions,
    locations,
  }));
  return {
    data: JSON.stringify(data),
    errors: told.map((error) => JSON.stringify(error)).sort(),
  };
}

describe('one document', () => {
  const reference = new ReferenceExecutor(schema);

  it('is answered by each of its operations alone, whichever was asked before', async () => {
    const text =
      'query A($i: Boolean!) { bed { ...F @include(if: $i) } } query B { bed { ...F } } query C { __schema { queryType { name } } } fragment F on Bed { name neighbour { name } }';
    const engines: string[] = [];
    const jit = new JitExecutor(schema, (engine) => engines.push(engine));
    for (const [operationName, variables] of [
      ['A', { i: false }],
      ['A', { i: false }],
      ['B', {}],
      ['B', {}],
      ['A', { i: true }],
      ['A', { i: false }],
      ['A', { i: true }],
      ['B', {}],
    ] as const) {
      const request = () => ({ ...requestFor(text, variables), operationName });
      const expected = comparable(await reference.execute(request()));
      expect(comparable(await jit.execute(request()))).toEqual(expected);
    }
    expect(engines).toEqual(['reference', 'jit', 'reference', 'jit', 'reference', 'jit', 'jit', 'jit']);
  });

  it('of many conditions is compiled for a bounded number of their outcomes', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const text = `query(${names.map((name) => `$${name}: Boolean!`).join(' ')}) { bed { ${names
      .map((name) => `${name}: name @include(if: $${name})`)
      .join(' ')} } }`;
    const engines: string[] = [];
    const jit = new JitExecutor(schema, (engine) => engines.push(engine));
    const ask = (outcome: number) => {
      const variables = Object.fromEntries(
        names.map((name, index) => [name, Math.floor(outcome / 2 ** index) % 2 === 1]),
      );
      return jit.execute(requestFor(text, variables));
    };
    for (let round = 0; round < 2; round++) for (let outcome = 0; outcome < 64; outcome++) await ask(outcome);
    expect(engines).not.toContain('jit');
    for (let round = 0; round < 2; round++) for (let outcome = 0; outcome < 32; outcome++) await ask(outcome);
    expect(engines.slice(-32)).toEqual(Array.from({ length: 32 }, () => 'jit'));
  });

  it('is not compiled where more plans are asked for in turn than are remembered', async () => {
    const engines: string[] = [];
    const jit = new JitExecutor(schema, (engine) => engines.push(engine));
    const ask = (n: number, y: boolean) =>
      jit.execute(requestFor(`query($y: Boolean!) { n${n}: bed { ${HEAVY} mustNot @include(if: $y) } }`, { y }));
    // Each weighs about half a megabyte.
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 100; n++) for (const y of [true, false]) await ask(n, y);
    }
    expect(engines).not.toContain('jit');
    for (const y of [true, false, true]) await ask(99, y);
    expect(engines.slice(-3)).toEqual(['jit', 'jit', 'jit']);
  });

  it('is left as it was parsed', async () => {
    const text = '{ bed { ...F @include(if: true) name @skip(if: false) } } fragment F on Bed { nodeId }';
    const jit = new JitExecutor(schema);
    const before = JSON.stringify(requestFor(text).document);
    for (let time = 0; time < 3; time++) await jit.execute(requestFor(text));
    expect(JSON.stringify(requestFor(text).document)).toBe(before);
  });
});

it('remembers documents by what they weigh', async () => {
  const engines: string[] = [];
  const jit = new JitExecutor(schema, (engine) => engines.push(engine));
  const ask = (name: string, fields = 'name') => jit.execute(requestFor(`{ ${name}: bed { ${fields} } }`));
  await ask('first');
  for (let n = 0; n < 1_000; n++) await ask(`light${n}`);
  await ask('first');
  expect(engines.at(-1)).toBe('jit');
  for (let n = 0; n < 200; n++) await ask(`heavy${n}`, HEAVY);
  await ask('first');
  expect(engines.at(-1)).toBe('reference');
  await ask('first');
  expect(engines.at(-1)).toBe('jit');
});
