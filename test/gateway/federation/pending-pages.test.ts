import { describe, expect, it } from 'vitest';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { wrapped } from '../../support/faulty-adapter/wrapped.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

const documents = knownDocuments();
const builds = documents.flatMap(({ entity, object }) => (entity === 'build' ? [object.id] : []));
const withTests = new Set(documents.flatMap(({ entity, object }) => (entity === 'test' ? [object.buildId] : [])));
const [parent = '', other = ''] = builds.filter((id) => withTests.has(id));

/** A source whose lists, and whose children of one build, come from an index that is still filling. */
function filling() {
  const honest = new ArrayAdapter({ documents });
  const counts = { lists: 0, relations: 0 };
  const adapter = wrapped(honest, {
    list: async (entity, query, call) => {
      counts.lists += 1;
      return { ...(await honest.list(entity, query, call)), pending: true };
    },
    related: async (relation, keys, query, call) => {
      counts.relations += 1;
      const pages = await honest.related(relation, keys, query, call);
      return new Map([...pages].map(([key, page]) => [key, key === parent ? { ...page, pending: true } : page]));
    },
  });
  return { adapter, counts };
}

const TRUNCATED = { extensions: { code: 'SOURCE_TRUNCATED', source: 'filling' } };

describe('a page of an index that is still filling', () => {
  const LIST = '{ checkouts(first: 3) { nodes { id } } }';

  it.each([
    ['one source', []],
    ['several sources', [{ name: 'whole', adapter: new ArrayAdapter({ documents }) }]],
  ])('is shown with a warning in a list of %s', async (_, others) => {
    const gateway = new FederatedGateway([{ name: 'filling', adapter: filling().adapter }, ...others]);
    const { data, errors, report } = await gateway.ask<{ checkouts: { nodes: readonly object[] } }>(LIST);
    expect(errors).toEqual([]);
    expect(data.checkouts.nodes).toHaveLength(3);
    expect(report.extensions.warnings).toMatchObject([{ ...TRUNCATED, path: ['checkouts'] }]);
    expect(report.extensions.warnings?.[0]?.message).toContain('The index of the source "filling" is still filling');
  });

  it('is shown with a warning below the parent that it belongs to', async () => {
    const gateway = new FederatedGateway([{ name: 'filling', adapter: filling().adapter }]);
    const below = (id: string) => `{ build(id: ${JSON.stringify(id)}) { tests(first: 3) { nodes { id } } } }`;
    const { report } = await gateway.ask(below(parent));
    expect(report.extensions.warnings).toMatchObject([{ ...TRUNCATED, path: ['build', 'tests'] }]);
    const whole = await gateway.ask(below(other));
    expect(whole.report.extensions.warnings).toBeUndefined();
  });

  it('is asked for again, and a page of an index that is full is not', async () => {
    const { adapter, counts } = filling();
    const gateway = new FederatedGateway([{ name: 'filling', adapter, cacheTtl: 60_000 }]);
    await gateway.ask(LIST);
    await gateway.ask(LIST);
    expect(counts.lists).toBe(2);
    const below = (id: string) => `{ build(id: ${JSON.stringify(id)}) { tests(first: 3) { nodes { id } } } }`;
    await gateway.ask(below(parent));
    await gateway.ask(below(parent));
    expect(counts.relations).toBe(2);
    await gateway.ask(below(other));
    await gateway.ask(below(other));
    expect(counts.relations).toBe(3);
  });
});
