import { getIntrospectionQuery, graphqlSync, type IntrospectionQuery, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { resolvers } from '../../../../gateway/graphql/resolvers/resolvers.ts';
import { scalars } from '../../../../gateway/graphql/resolvers/scalars.ts';
import { buildSchema, SCHEMA_TEXT } from '../../../../gateway/graphql/schema.ts';

const schema = buildSchema({ resolvers, scalars });

it('each scalar is introspected as schema.graphql describes it', () => {
  const source = getIntrospectionQuery({ specifiedByUrl: true });
  const { data } = graphqlSync({ schema, source });
  const { __schema }: IntrospectionQuery = JSON.parse(JSON.stringify(data));
  const own = new Map(scalars.map(({ name }) => [name, /^DateTime$|^JSON$/.test(name)]));
  const told = __schema.types.filter(({ name }) => own.has(name));
  expect(told).toHaveLength(4);
  for (const type of told) {
    if (type.kind !== 'SCALAR') throw new Error(`${type.name} is no scalar.`);
    const firstLine = type.description?.split('\n')[0] ?? '';
    expect(firstLine).not.toBe('');
    expect(SCHEMA_TEXT).toContain(`"""\n${firstLine}`);
    expect(typeof type.specifiedByURL).toBe(own.get(type.name) ? 'string' : 'object');
  }
});

it.each([
  ['{ issue(id: "x", version: "q") { id } }', '"q" is no BigInt', 27],
  ['{ issue(id: "x", version: 1.5) { id } }', '1.5 is no BigInt', 27],
  ['{ tests(filter: { startTime: { from: 4 } }) { totalCount } }', '4 is no DateTime', 38],
  ['{ tests(filter: { startTime: { from: [true] } }) { totalCount } }', '[true] is no DateTime', 38],
])('a wrong literal is quoted, with where it is written: %s', (text, message, column) => {
  const [error] = validate(schema, parse(text));
  expect(error?.message).toContain(message);
  expect(error?.locations).toEqual([{ line: 1, column }]);
  expect(error?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
});
