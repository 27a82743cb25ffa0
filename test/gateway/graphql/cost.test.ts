import { buildSchema, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../../gateway/graphql/cost.ts';
import { SCHEMA_TEXT } from '../../../gateway/graphql/schema.ts';
import { coerceVariables } from '../../../gateway/graphql/variables.ts';

const schema = buildSchema(SCHEMA_TEXT);

function cost(query: string, variables: Record<string, unknown> = {}): number {
  const { definitions } = parse(query);
  const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('The query has no operation.');
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const coerced = coerceVariables(schema, operation, variables);
  if (coerced.errors !== undefined) throw coerced.errors[0];
  return costOf({
    schema,
    operation,
    fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])),
    variables: coerced.coerced,
  });
}

describe('the cost of a query', () => {
  it.each([
    ['one object', '{ build(id: "a") { id status } }', 1],
    ['an object and its parents', '{ test(id: "a") { build { checkout { id } } } }', 3],
    ['a page', '{ builds(first: 50) { nodes { id } } }', 50],
    ['a page by its edges', '{ builds(first: 50) { edges { cursor node { id } } } }', 50],
    ['a page both ways, whose objects are the same', '{ builds(first: 50) { edges { cursor } nodes { id } } }', 50],
    ['the default page', '{ builds { nodes { id } } }', 25],
    ['an explicit null for the page size', '{ builds(first: null) { nodes { id } } }', 25],
    ['a page of nothing', '{ builds(first: 0) { nodes { id } } }', 0],
    ['pages within a page', '{ builds(first: 50) { nodes { tests(first: 20) { nodes { id } } } } }', 50 + 50 * 20],
    ['a page of which only its end is shown', '{ builds(first: 500) { pageInfo { endCursor } } }', 500],
    ['counts without a page', '{ builds(first: 500) { totalCount statusCounts { pass } } }', 2],
    ['a page and its counts', '{ builds(first: 50) { totalCount statusCounts { pass } nodes { id } } }', 52],
    ['one count under two names', '{ builds { totalCount } b: builds { n: totalCount m: totalCount } }', 3],
    [
      'pages below a page of which only their ends are shown',
      '{ builds(first: 400) { nodes { a: tests(first: 500) { pageInfo { endCursor } } b: tests(first: 500) { pageInfo { endCursor } } } } }',
      400 + 400 * 2 * 500,
    ],
    [
      'counts below the objects of a page',
      '{ builds(first: 50) { nodes { tests { totalCount statusCounts { none } } } } }',
      150,
    ],
    ['a list without a page size', '{ issue(id: "a") { versions { id } } }', 1 + 5],
    [
      'what is below a list without a page size',
      '{ issue(id: "a") { versions { incidents(first: 10) { nodes { id } } } } }',
      1 + 5 * 11,
    ],
    ['such connections below a page', '{ builds(first: 50) { nodes { tests(first: 500) { totalCount } } } }', 100],
    [
      'scalars and what has no identity',
      '{ test(id: "a") { environment { comment } number { value } conflicts { field values { value } } misc } }',
      1,
    ],
    ['objects by global ids', '{ nodes(ids: ["a", "b", "c"]) { nodeId } }', 3],
    ['introspection', '{ __schema { types { fields { type { name } } } } }', 0],
    ['the sources', '{ sources { name state } }', 0],
  ])('counts %s', (_, query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  it('counts variables, their defaults, and what is absent', () => {
    const query = 'query($n: Int = 10) { builds(first: $n) { nodes { id } } }';
    expect([cost(query, { n: 7 }), cost(query), cost(query, { n: null })]).toEqual([7, 10, 25]);
    expect(cost('query($n: Int) { builds(first: $n) { nodes { id } } }')).toBe(25);
  });

  it('counts fragments wherever they are spread', () => {
    const fragment = 'fragment F on Build { tests(first: 10) { nodes { id } } }';
    expect(cost(`{ a: build(id: "a") { ...F } b: build(id: "b") { ...F } } ${fragment}`)).toBe(22);
    expect(
      cost('{ builds(first: 2) { ...F } } fragment F on BuildConnection { ... on BuildConnection { nodes { id } } }'),
    ).toBe(2);
    expect(
      cost(
        '{ builds(first: 9) { ...F ...F } } fragment F on BuildConnection { totalCount ... { pageInfo { endCursor } } }',
      ),
    ).toBe(11);
    expect(
      cost('{ node(id: "a") { ... on Build { checkout { id } } ... on Test { build { checkout { id } } } } }'),
    ).toBe(4);
  });

  it('counts not what is skipped', () => {
    const query = 'query($b: Boolean!) { builds(first: 5) { totalCount nodes @include(if: $b) { id } } }';
    expect([cost(query, { b: true }), cost(query, { b: false })]).toEqual([6, 1]);
  });

  it('is found at once where fragments multiply without end', () => {
    const levels = Array.from(
      { length: 40 },
      (_, index) =>
        `fragment F${index} on Build { a: checkout { builds(first: 500) { nodes { ...F${index + 1} } } } b: checkout { builds(first: 500) { nodes { ...F${index + 1} } } } }`,
    );
    const started = performance.now();
    expect(cost(`{ build(id: "x") { ...F0 } } ${levels.join(' ')} fragment F40 on Build { id }`)).toBeGreaterThan(1e11);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
