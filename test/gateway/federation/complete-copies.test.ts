import { describe, expect, it } from 'vitest';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

const QUERY = '{ tests(first: 100) { nodes { id sources } } }';

/** What it has beyond the objects of others is not in the list, which the answer says. */
const UNLISTED = { extensions: { code: 'SOURCE_UNSUPPORTED', source: 'slow', field: 'tests' } };

interface Answer {
  readonly tests: { readonly nodes: readonly { readonly id: string; readonly sources: readonly string[] }[] };
}

/** A source with the same objects that answers one key a request, and cannot list the newest first. */
function withSlow(rate: number | null) {
  const documents = knownDocuments();
  const full = new ArrayAdapter({ documents });
  const slow = new ArrayAdapter({ documents, maxKeys: 1, orders: ['OLDEST'] });
  const gateway = new FederatedGateway([
    { name: 'full', adapter: full },
    { name: 'slow', adapter: slow, rate },
  ]);
  return { gateway, slow };
}

describe('a source that cannot give the list', () => {
  it('adds what it knows of the objects that others gave', async () => {
    const { gateway } = withSlow(null);
    const { data, report } = await gateway.ask<Answer>(QUERY);
    expect(data.tests.nodes.length).toBeGreaterThan(5);
    for (const { id, sources } of data.tests.nodes) expect(sources, id).toEqual(['full', 'slow']);
    expect(report.extensions.warnings).toMatchObject([UNLISTED]);
  });

  it('is asked for no more of them than its rate lets through in a moment', async () => {
    const { gateway, slow } = withSlow(1.5);
    const { data, errors, report } = await gateway.ask<Answer>(QUERY);
    expect(slow.requests).toBe(5);
    expect(data.tests.nodes.filter(({ sources }) => sources.includes('slow'))).toHaveLength(5);
    expect(errors).toEqual([]);
    const truncated = { extensions: { code: 'SOURCE_TRUNCATED', source: 'slow' } };
    expect(report.extensions.warnings).toMatchObject([UNLISTED, truncated]);
  });
});
