import fc from 'fast-check';
import { type ExecutionResult, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { buildSchema } from '../../../gateway/execution/build-schema.ts';
import { JitExecutor } from '../../../gateway/execution/jit-executor.ts';
import { ReferenceExecutor } from '../../../gateway/execution/reference-executor.ts';
import { garden } from './garden.ts';
import { requestFor } from './request.ts';

/** Fields by type: the type below, if any, and the argument lists to choose from. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, { of?: string; args?: readonly string[] }>>>> = {
  Query: {
    bed: { of: 'Bed', args: ['', '(name: "west")', '(name: $name)'] },
    beds: { of: 'Bed', args: ['', '(first: 2)', '(first: $n)'] },
    node: { of: 'Node', args: ['(id: "plant-2")', '(id: "bed-north")', '(id: "none")'] },
    nodes: { of: 'Node', args: ['(ids: ["bed-east", "plant-6", "x"])'] },
    flaky: { of: 'Plant' },
    strict: { of: 'Bed' },
    echo: { args: ['(span: {from: $n, kinds: HERB})', '(ids: [$name, "b"])', '(span: {})', '(kind: $kind)'] },
  },
  Bed: {
    nodeId: {},
    name: {},
    mustNot: {},
    broken: {},
    neighbour: { of: 'Bed' },
    plants: { of: 'PlantConnection', args: ['(first: 2)', '(first: $n, span: {kinds: [$kind]})', '(span: $span)'] },
  },
  Plant: {
    nodeId: {},
    kind: {},
    sown: {},
    weight: {},
    tags: {},
    size: { of: 'Size' },
    bed: { of: 'Bed' },
    sibling: { of: 'Plant' },
  },
  PlantConnection: { totalCount: {}, nodes: { of: 'Plant' }, edges: { of: 'PlantEdge' } },
  PlantEdge: { cursor: {}, node: { of: 'Plant' } },
  Size: { height: {}, unit: {} },
  Node: { nodeId: {}, __typename: {} },
};
const DIRECTIVES = [
  '',
  '',
  '',
  '',
  '@skip(if: $yes)',
  '@include(if: $yes)',
  '@skip(if: $no)',
  '@include(if: $no)',
  '@skip(if: false) @include(if: $yes)',
];
const ALIASES = ['', '', '', 'a: ', 'b: ', 'a_b: ', 'x1: '];

function selection(type: string, depth: number): fc.Arbitrary<string> {
  const fields = Object.entries(FIELDS[type] ?? {}).filter(([, { of }]) => of === undefined || depth > 0);
  const field = fc
    .constantFrom(...fields)
    .chain(([name, { of, args = [''] }]) =>
      fc
        .tuple(
          fc.constantFrom(...ALIASES),
          fc.constantFrom(...args),
          fc.constantFrom(...DIRECTIVES),
          of === undefined ? fc.constant('') : selection(of, depth - 1),
        )
        .map(([alias, arg, directive, below]) => `${alias}${name}${arg} ${directive} ${below}`),
    );
  const onTypes = type === 'Node' ? ['Bed', 'Plant'] : [type];
  const fragment = fc
    .constantFrom(...onTypes)
    .chain((on) =>
      fc
        .tuple(fc.constantFrom(...DIRECTIVES), depth > 0 ? selection(on, depth - 1) : fc.constant('{ __typename }'))
        .map(([directive, below]) => `... on ${on} ${directive} ${below}`),
    );
  return fc
    .array(fc.oneof({ arbitrary: field, weight: 4 }, { arbitrary: fragment, weight: 1 }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => `{ ${parts.join(' ')} }`);
}

const VARIABLES =
  '($name: String = "east", $n: Int, $kind: Kind! = HERB, $span: Span, $yes: Boolean!, $no: Boolean = false, $id: ID)';
const SETS = [
  { yes: true },
  { yes: false, no: true, n: 1, kind: 'TREE' },
  { yes: true, n: 3, span: { kinds: ['TREE'] }, name: 'north' },
];

it('random queries are answered by compiled code as by graphql-js', { timeout: 60_000 }, async () => {
  const schema = buildSchema(garden());
  const reference = new ReferenceExecutor(schema);
  const compiled = { jit: 0, reference: 0 };
  const jit = new JitExecutor(schema, (engine) => {
    compiled[engine]++;
  });
  await fc.assert(
    fc.asyncProperty(selection('Query', 4), fc.constantFrom(...SETS), async (body, variables) => {
      const query = `query${VARIABLES} ${body}`;
      // Variables that are not used, and fields of one name that differ, make some of them invalid: those never get here.
      fc.pre(validate(schema, parse(query)).every(({ message }) => /is never used/.test(message)));
      const expected = comparable(await reference.execute(requestFor(query, variables)));
      for (let time = 0; time < 2; time++) {
        expect(comparable(await jit.execute(requestFor(query, variables)))).toEqual(expected);
      }
    }),
    { numRuns: 250, seed: 20_260_101 },
  );
  // Half of the runs are first sightings; of the others most must have been compiled.
  expect(compiled.jit).toBeGreaterThan(100);
});

/** Compiled code names a field that stands several times once for each; clients are not shown this message. */
const plain = (message: string) => message.replace(/\((\w+)(?:,\w+)*\)\.$/, '$1.');

/**
 * Of the errors behind a null that spread upwards, executors may tell one or all: they count as one, at that null. Which
 * of them graphql-js tells depends on which comes first.
 */
function comparable({ data, errors = [] }: ExecutionResult) {
  const told = errors.map(({ message, path = [] }) => {
    const nulled = nullAbove(data, path);
    return nulled === null ? JSON.stringify({ message: plain(message), path }) : `null at ${nulled.join('.')}`;
  });
  // As values: a repeated field whose first place is skipped may keep that place.
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors: [...new Set(told)].sort() };
}

/** The place of a null above the place of an error, if there is one. */
function nullAbove(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] | null {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, depth);
    value = typeof value === 'object' ? Reflect.get(value, key) : undefined;
  }
  return null;
}
