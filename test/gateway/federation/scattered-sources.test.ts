import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { ANCESTOR_QUERIES, GRAPH_QUERIES } from '../../support/graph-queries.ts';

const DOCUMENTS = knownDocuments();
const RUNS = { numRuns: 12 };

function gatewayOf(sources: readonly ArrayOptions[]): FederatedGateway {
  const adapters = sources.map((options, index) => ({ name: `s${index}`, adapter: new ArrayAdapter(options) }));
  return new FederatedGateway(adapters);
}

/** Which sources hold each document: at least one. */
const PLACES = fc.array(fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }), {
  minLength: DOCUMENTS.length,
  maxLength: DOCUMENTS.length,
});
const ALIKE = fc.constantFrom<Partial<ArrayOptions>>(
  {},
  { paging: 'full' },
  { maxPage: 9 },
  { count: null },
  { filters: ['status'] },
);

function scattered(places: readonly (readonly number[])[], alike: Partial<ArrayOptions>): readonly ArrayOptions[] {
  return [0, 1, 2].map((source) => {
    const documents: readonly ArrayDocument[] = DOCUMENTS.filter((_, index) => places[index]?.includes(source));
    return { ...alike, documents };
  });
}

it.each(Object.entries(GRAPH_QUERIES))(
  'answers %s over scattered sources as over one that has it all',
  async (_, query) => {
    const whole = await gatewayOf([{ documents: DOCUMENTS }]).ask(query);
    expect(whole.errors).toEqual([]);
    await fc.assert(
      fc.asyncProperty(PLACES, ALIKE, async (places, alike) => {
        const answer = await gatewayOf(scattered(places, alike)).ask(query);
        expect(answer.errors).toEqual([]);
        expect(answer.data).toEqual(whole.data);
      }),
      RUNS,
    );
  },
);

it.each(Object.entries(ANCESTOR_QUERIES))(
  'answers %s over scattered sources by the merged graph, as over one that has it all',
  async (_, query) => {
    const whole = await gatewayOf([{ documents: DOCUMENTS }]).ask(query);
    await fc.assert(
      fc.asyncProperty(PLACES, ALIKE, async (places, alike) => {
        const { data, errors } = await gatewayOf(scattered(places, alike)).ask(query);
        expect(errors).toEqual([]);
        expect(data).toEqual(whole.data);
      }),
      RUNS,
    );
  },
);
