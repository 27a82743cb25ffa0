import { GraphQLScalarType } from 'graphql';
import type { RequestContext } from '../../../gateway/federation/request.ts';
import { clientError } from '../../../gateway/federation/source-report.ts';
import type { ResolvedField } from '../../../gateway/graphql/resolvers/batch-resolver.ts';
import type { BatchResolverMap, SchemaParts } from '../../../gateway/graphql/schema.ts';

/** A schema with everything in it that executors differ on, over data of its own. */
export const GARDEN_TYPES = /* GraphQL */ `
  interface Node { nodeId: ID! }
  union Thing = Bed | Plant
  scalar Day
  enum Kind { HERB TREE }
  input Span { from: Int = 0, to: Int, kinds: [Kind!] = [HERB, TREE] }
  type Size { height: Float, unit: String! }
  type Bed implements Node { nodeId: ID!, name: String!, plants(first: Int = 25, span: Span): PlantConnection!, neighbour: Bed, broken: String, mustNot: String! }
  type Plant implements Node { nodeId: ID!, name: String, kind: Kind, sown: Day, size: Size, tags: [String], bed: Bed, sibling: Plant!, weight: Int }
  type PlantEdge { node: Plant!, cursor: String! }
  type PlantConnection { nodes: [Plant!]!, edges: [PlantEdge!]!, totalCount: Int }
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    things: [Thing]!
    beds(first: Int = 25): [Bed!]!
    bed(name: String = "east"): Bed
    echo(span: Span, day: Day, ids: [ID!], kind: Kind, text: String): String
    flaky: [Plant]
    fails: String
    strict: Bed!
  }
  type Mutation { rename(name: String!): Bed }
`;

const DAY = new GraphQLScalarType<string, string>({
  name: 'Day',
  serialize(value) {
    if (typeof value === 'string' && value.startsWith('2026')) return value;
    throw new TypeError(`${String(value)} is no Day.`);
  },
  parseValue: readDay,
});

function readDay(value: unknown): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return value;
  throw clientError('BAD_USER_INPUT', `${String(value)} is no Day.`);
}

const PLANTS = Array.from({ length: 12 }, (_, index) => ({
  __typename: 'Plant',
  nodeId: `plant-${index}`,
  name: index % 5 === 4 ? null : `plant ${index}`,
  kind: index % 7 === 6 ? 'ROCK' : index % 2 === 0 ? 'HERB' : 'TREE',
  sown: index % 6 === 5 ? 'yesterday' : `2026-01-${String(index + 10)}`,
  size: index % 3 === 0 ? null : { height: index / 2, unit: index % 8 === 7 ? null : 'm' },
  tags: ['a', null, `t${index}`],
  weight: index === 3 ? 3.5 : index,
  bedName: index % 2 === 0 ? 'east' : 'west',
}));
type PlantRow = (typeof PLANTS)[number];
const BEDS = ['east', 'west', 'north'].map((name) => ({
  __typename: 'Bed',
  nodeId: `bed-${name}`,
  name,
  broken: 'fine',
  mustNot: name === 'north' ? null : 'there',
}));
type BedRow = (typeof BEDS)[number];

/** A call of a batch resolver. */
export interface BatchCall {
  readonly field: string;
  readonly parents: number;
  readonly fields: readonly string[];
  readonly paths: readonly string[];
}

/** The parts of the schema, with a record of the calls that its batch resolvers got. */
export function garden(): SchemaParts & { readonly calls: BatchCall[] } {
  const calls: BatchCall[] = [];
  function batch<P, A, V>(field: string, resolve: (parent: P, args: A) => V | Error) {
    return async (parents: readonly P[], args: A, _context: RequestContext, resolved: ResolvedField) => {
      calls.push({
        field,
        parents: parents.length,
        fields: [...resolved.selection.fields].sort(),
        paths: parents.map((_, index) => resolved.path(index).join('.')),
      });
      await Promise.resolve();
      return parents.map((parent) => resolve(parent, args));
    };
  }
  const find = (id: string) => [...PLANTS, ...BEDS].find(({ nodeId }) => nodeId === id) ?? null;
  const resolvers: BatchResolverMap = {
    Query: {
      node: batch('node', (_: unknown, { id }: { id: string }) => find(id)),
      nodes: batch('nodes', (_: unknown, { ids }: { ids: string[] }) => ids.map(find)),
      things: batch('things', () => [BEDS[0], PLANTS[1], BEDS[2], PLANTS[6]]),
      beds: batch('beds', (_: unknown, { first }: { first: number }) => BEDS.slice(0, first)),
      bed: batch('bed', (_: unknown, { name }: { name: string }) => BEDS.find((bed) => bed.name === name) ?? null),
      echo: batch('echo', (_: unknown, args: object) => JSON.stringify(args)),
      flaky: batch('flaky', () => [PLANTS[0], new Error('a mole ate it'), null, PLANTS[2]]),
      fails: batch('fails', () => clientError('BAD_USER_INPUT', 'Ask for something else.', { hint: 'bed' })),
      strict: batch('strict', () => null),
    },
    Mutation: { rename: batch('rename', (_: unknown, { name }: { name: string }) => ({ ...BEDS[0], name })) },
    Bed: {
      plants: batch(
        'plants',
        (bed: BedRow, { first, span }: { first: number; span?: { from: number; kinds: string[] } }) => {
          const rows = PLANTS.filter(
            (plant) => plant.bedName === bed.name && (span?.kinds.includes(plant.kind) ?? true),
          );
          const page = rows.slice(span?.from ?? 0, (span?.from ?? 0) + first);
          return { nodes: page, edges: page.map((node) => ({ node, cursor: node.nodeId })), totalCount: rows.length };
        },
      ),
      neighbour: batch('neighbour', (bed: BedRow) => BEDS[BEDS.indexOf(bed) + 1] ?? null),
      mustNot: batch('mustNot', (bed: BedRow) => bed.mustNot),
      broken: batch('broken', (bed: BedRow) => (bed.name === 'west' ? new Error('the fence is down') : 'fine')),
    },
    Plant: {
      bed: batch('bed', (plant: PlantRow) => BEDS.find((bed) => bed.name === plant.bedName) ?? null),
      sibling: batch('sibling', (plant: PlantRow) => PLANTS[PLANTS.indexOf(plant) + 2] ?? null),
    },
  };
  return { typeDefs: GARDEN_TYPES, resolvers, scalars: [DAY], calls };
}
