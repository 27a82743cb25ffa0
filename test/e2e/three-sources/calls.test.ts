import { readFile } from 'node:fs/promises';
import { type FieldNode, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolvers } from '../../../gateway/graphql/resolvers/resolvers.ts';
import { scalars } from '../../../gateway/graphql/resolvers/scalars.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { exampleQueries } from '../../../gateway/http/graphiql.ts';
import { usePostgres } from '../../support/postgres.ts';
import { NOW, scaledObjects } from './scaled-objects.ts';
import { NAMES, startThreeSources, type ThreeSources } from './three-sources.ts';

/** Enough that every source lacks some objects that another has. */
const SIZES = [5, 20] as const;

const schema = buildSchema({ resolvers, scalars });

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
const inReadme = /\{ "query": ("(?:[^"\\]|\\.)*") \}/.exec(readme)?.[1];
if (inReadme === undefined) throw new Error('README.md shows no query.');

const QUERIES: readonly (readonly [string, string, object])[] = [
  ...exampleQueries(NOW).map(
    ({ query, variables }) => [/query (\w+)/.exec(query)?.[1] ?? '', query, variables] as const,
  ),
  ['README', JSON.parse(inReadme), {}],
  ['sources', '{ sources { name adapter state since latency detail } }', {}],
];

const postgres = usePostgres();
const worlds: ThreeSources[] = [];
beforeAll(async () => {
  for (const size of SIZES) {
    const objects = scaledObjects(size);
    const databases = [await postgres.migrated(), await postgres.migrated()] as const;
    // Each object lies in two of the three.
    const held = (source: number) => objects.filter((_, index) => index % 3 !== source);
    worlds.push(await startThreeSources({ databases, objects: held, paging: 'offset' }));
  }
});
afterAll(() => Promise.all(worlds.map((world) => world.close())));

/** A page that drops copies which stand elsewhere reads on once more. */
const ANOTHER_ROUND = 2;

/** Fields that are asked of sources: each is a level of its own, whatever it lies below. */
function levelsOf(query: string): number {
  let levels = 0;
  const types = new TypeInfo(schema);
  const enter = ({ name }: FieldNode) => {
    const fields: object = Reflect.get(resolvers, types.getParentType()?.name ?? '') ?? {};
    if (name.value in fields) levels += 1;
  };
  visit(parse(query), visitWithTypeInfo(types, { Field: { enter } }));
  return levels;
}

describe('the calls that a query costs a source', () => {
  it.each(QUERIES)('are a few for each level, and no more for many objects: %s', async (name, query, variables) => {
    const costs: number[] = [];
    for (const world of worlds) {
      const { answer, calls } = await world.counted(query, variables);
      expect(answer.errors).toEqual([]);
      for (const source of NAMES) expect(answer.extensions.sources[source]?.requests ?? 0).toBe(calls[source]);
      costs.push(Math.max(...Object.values(calls)));
    }
    const levels = levelsOf(query);
    console.log(`${name}: ${levels} levels, ${costs.join(' and ')} calls a source.`);
    // A level of a merged list: its rows, the other copies of them, and where it is selected the count of them.
    const bound = 3 * levels + ANOTHER_ROUND;
    expect(Math.max(...costs)).toBeLessThanOrEqual(bound);
    expect((costs[1] ?? bound) - (costs[0] ?? 0)).toBeLessThanOrEqual(ANOTHER_ROUND);
  });
});
