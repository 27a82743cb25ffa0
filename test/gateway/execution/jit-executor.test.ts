import { type ExecutionResult, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../../gateway/execution/build-schema.ts';
import { JitExecutor } from '../../../gateway/execution/jit-executor.ts';
import { ReferenceExecutor } from '../../../gateway/execution/reference-executor.ts';
import { garden } from './garden.ts';
import { QUERIES } from './queries.ts';
import { requestFor } from './request.ts';

const schema = buildSchema(garden());

describe('the compiled executor agrees with graphql-js on', () => {
  for (const [name, query] of Object.entries(QUERIES)) {
    it(name, async () => {
      const [text, variables] = typeof query === 'string' ? [query, {}] : query;
      const engines: string[] = [];
      const jit = new JitExecutor(schema, (engine) => engines.push(engine));
      expect(validate(schema, requestFor(text).document)).toEqual([]);
      const expected = comparable(await new ReferenceExecutor(schema).execute(requestFor(text, variables)));
      // The first time graphql-js answers, the second time generated code does, where it can.
      for (let time = 0; time < 3; time++) {
        expect(comparable(await jit.execute(requestFor(text, variables)))).toEqual(expected);
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

it('remembers a bounded number of documents', async () => {
  const engines: string[] = [];
  const jit = new JitExecutor(schema, (engine) => engines.push(engine));
  const ask = (index: number) => jit.execute(requestFor(`{ n${index}: bed { name } }`));
  await ask(0);
  for (let index = 1; index <= 500; index++) await ask(index);
  await ask(0);
  expect(engines.at(-1)).toBe('reference');
  await ask(0);
  expect(engines.at(-1)).toBe('jit');
});
