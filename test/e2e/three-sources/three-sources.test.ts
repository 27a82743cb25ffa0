import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { ANCESTOR_QUERIES, GRAPH_QUERIES } from '../../support/graph-queries.ts';
import { knownObjects } from '../../support/known-objects.ts';
import { usePostgres } from '../../support/postgres.ts';
import { NAMES, startThreeSources, type ThreeSources } from './three-sources.ts';

const OBJECTS = knownObjects();
/** Each object lies in one, two or all of them. */
const PLACES: readonly (readonly number[])[] = [[0], [0, 1], [2, 1], [2], [0, 1, 2], [1], [0, 2]];
const held = (source: number) => OBJECTS.filter((_, index) => PLACES[index % PLACES.length]?.includes(source));

const postgres = usePostgres();
const whole = new FederatedGateway([{ name: 'whole', adapter: new ArrayAdapter({ documents: knownDocuments() }) }]);

/** Stores tell apart when they first knew of issues and incidents, so that those have no order in common. */
function inAnyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inAnyOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const inner = inAnyOrder(item);
      const isSet = key === 'issues' || key === 'incidents';
      return [key, isSet ? { ...Object(inner), nodes: sorted(Object(inner).nodes) } : inner];
    }),
  );
}

function sorted(nodes: unknown): unknown {
  if (!Array.isArray(nodes)) return nodes;
  return nodes.map((node) => JSON.stringify(node)).sort();
}

describe.each(['keyset', 'offset', 'full'] as const)(
  'two native stores and documents over HTTP that are paged as %s',
  (paging) => {
    let gateway: ThreeSources;
    beforeAll(async () => {
      const databases = [await postgres.migrated(), await postgres.migrated()] as const;
      gateway = await startThreeSources({ databases, objects: held, paging });
    });
    afterAll(() => gateway?.close());

    it.each(Object.entries(GRAPH_QUERIES))('answer %s as one source that has it all', async (_, query) => {
      const text = query.replaceAll('incidents {', 'incidents(first: 100) {');
      const expected = await whole.ask(text);
      const { data, errors, extensions } = await gateway.ask(text);
      expect(errors).toEqual([]);
      expect(extensions.warnings).toBeUndefined();
      expect(inAnyOrder(data)).toEqual(inAnyOrder(expected.data));
    });

    it.each(Object.entries(ANCESTOR_QUERIES))('answer %s by what all of them know of ancestors', async (_, query) => {
      const { data, errors, extensions } = await gateway.ask(query);
      expect(errors).toEqual([]);
      expect(extensions.warnings).toBeUndefined();
      expect(data).toEqual((await whole.ask(query)).data);
    });

    it.each(['NEWEST', 'OLDEST'] as const)(
      'give each test once, in the order %s, over pages of seven',
      async (order) => {
        interface Page {
          readonly tests: {
            readonly nodes: readonly { readonly id: string }[];
            readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
          };
        }
        const text = `query ($after: String) { tests(first: 7, after: $after, orderBy: ${order}) {
        nodes { id } pageInfo { hasNextPage endCursor } } }`;
        const walked: string[] = [];
        for (let after: string | null = null, isLast = false; !isLast; ) {
          const { data, errors } = await gateway.ask(text, { after });
          expect(errors).toEqual([]);
          const { nodes, pageInfo } = (data as Page).tests;
          walked.push(...nodes.map(({ id }) => id));
          after = pageInfo.endCursor;
          isLast = !pageInfo.hasNextPage;
        }
        const expected = await whole.ask<Page>(
          `{ tests(first: 500, orderBy: ${order}) { nodes { id } pageInfo { endCursor hasNextPage } } }`,
        );
        expect(walked).toEqual(expected.data.tests.nodes.map(({ id }) => id));
      },
    );

    it('say of each object which of them had it', async () => {
      const { data } = await gateway.ask('{ tests(first: 500) { nodes { id sources } } }');
      const expected = Object.fromEntries(
        OBJECTS.flatMap(({ entity, object }, index) =>
          entity === 'test'
            ? [[object.id, PLACES[index % PLACES.length]?.toSorted().map((place) => NAMES[place])]]
            : [],
        ),
      );
      const { tests } = data as { tests: { nodes: readonly { id: string; sources: readonly string[] }[] } };
      expect(Object.fromEntries(tests.nodes.map(({ id, sources }) => [id, sources]))).toEqual(expected);
    });
  },
);
