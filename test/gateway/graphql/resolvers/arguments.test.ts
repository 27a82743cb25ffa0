import { describe, expect, it } from 'vitest';
import { ArrayAdapter } from '../../../support/array-adapter.ts';
import { knownDocuments } from '../../../support/array-subject.ts';
import { FederatedGateway } from '../../../support/federated-gateway.ts';

const adapter = new ArrayAdapter({ documents: knownDocuments() });
const gateway = new FederatedGateway([{ name: 'native', adapter }]);
const HASH = '1f23456789abcdef0123456789abcdef012345ab';

async function refusal(query: string, variables: object = {}) {
  const { data, errors } = await gateway.ask(query, { ...variables });
  // A field that may be null is null alone.
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
  expect(errors).toHaveLength(1);
  return { code: errors[0]?.extensions?.code, message: errors[0]?.message };
}

describe('arguments of a list', () => {
  it.each([501, -1, 2_147_483_647])('refuse first: %i with a sentence', async (first) => {
    const { code, message } = await refusal('query ($first: Int) { tests(first: $first) { nodes { id } } }', { first });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toBe(`"first" is ${first}: give a number from 0 to 500, and go on with "after".`);
  });

  it('take 500, and null for what was not given', async () => {
    const query =
      'query ($n: Int, $s: String, $o: TestOrder, $f: TestFilter, $names: [String!]) { tests(first: $n, after: $s, orderBy: $o, filter: $f, sources: $names) { nodes { id } } many: tests(first: 500) { nodes { id } totalCount } }';
    const nulls = { n: null, s: null, o: null, f: null, names: null };
    const { data, errors } = await gateway.ask<Record<string, { nodes: unknown[]; totalCount: number }>>(query, nulls);
    expect(errors).toEqual([]);
    expect(data.tests?.nodes).toHaveLength(25);
    expect(data.many?.nodes).toHaveLength(data.many?.totalCount ?? -1);
  });

  it('give counts and no edges for first: 0, and tell whether there would be some', async () => {
    const { data } = await gateway.ask(
      '{ tests(first: 0) { edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage startCursor } } none: tests(first: 0, filter: { origin: ["nobody"] }) { totalCount pageInfo { hasNextPage } } }',
    );
    const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: null };
    expect(data).toMatchObject({
      tests: { edges: [], totalCount: expect.any(Number), pageInfo },
      none: { totalCount: 0, pageInfo: { hasNextPage: false } },
    });
  });

  it('ask only what is selected', async () => {
    const asked = async (query: string) => {
      const before = adapter.requests;
      await gateway.ask(query);
      return adapter.requests - before;
    };
    expect(await asked('{ tests { totalCount } }')).toBe(1);
    expect(await asked('{ tests { totalCount statusCounts { pass } } }')).toBe(1);
    expect(await asked('{ tests { nodes { id } } }')).toBe(1);
    expect(await asked('{ tests { nodes { id } totalCount } }')).toBe(2);
    expect(await asked('{ tests(filter: { id: [] }) { nodes { id } totalCount statusCounts { total } } }')).toBe(0);
  });

  it('refuse a source that there is not, and name those that there are', async () => {
    const { code, message } = await refusal('{ tests(sources: ["native", "nativ"]) { totalCount } }');
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toBe('There is no source "nativ"; there are: native.');
  });

  it.each([
    ['damaged', '{ tests(after: "garbage!") { nodes { id } } }'],
    ['empty', '{ tests(after: "") { nodes { id } } }'],
  ])('refuse a cursor that is %s', async (_, query) => {
    expect((await refusal(query)).code).toBe('BAD_CURSOR');
  });

  it.each([
    ['another filter', 'tests(after: $c, filter: { status: [PASS] })'],
    ['a filter that fits nothing', 'tests(after: $c, filter: { status: [] })'],
    ['another order', 'tests(after: $c, orderBy: OLDEST)'],
    ['another field', 'builds(after: $c)'],
  ])('refuse a cursor of %s', async (_, field) => {
    interface Paged {
      readonly tests: { readonly pageInfo: { readonly endCursor: string } };
    }
    const { data } = await gateway.ask<Paged>('{ tests(first: 2) { pageInfo { endCursor } } }');
    const c = data.tests.pageInfo.endCursor;
    expect((await refusal(`query ($c: String) { ${field} { nodes { id } } }`, { c })).code).toBe('BAD_CURSOR');
  });
});

describe('filters', () => {
  const count = async (filter: object) => {
    const query = 'query ($filter: TestFilter) { tests(filter: $filter, first: 500) { totalCount nodes { id } } }';
    const { data, errors } = await gateway.ask<{ tests: { totalCount: number; nodes: unknown[] } }>(query, { filter });
    expect(errors).toEqual([]);
    expect(data.tests.nodes).toHaveLength(data.tests.totalCount);
    return data.tests.totalCount;
  };

  it('leave all in where they are null, absent or empty, and nothing where a list is empty', async () => {
    const all = await count({});
    expect(all).toBeGreaterThan(50);
    expect(await count({ status: null, path: {}, startTime: { from: null }, number: {}, gitCommitHash: {} })).toBe(all);
    expect(await count({ status: [] })).toBe(0);
    expect(await count({ path: { in: [] } })).toBe(0);
  });

  it('take null in a list of statuses for what has none yet', async () => {
    const byStatus = await Promise.all(
      [null, 'PASS', 'FAIL', 'ERROR', 'MISS', 'DONE', 'SKIP'].map((status) => count({ status: [status] })),
    );
    expect(byStatus[0]).toBeGreaterThan(0);
    expect(byStatus.reduce((a, b) => a + b)).toBe(await count({}));
  });

  it('find nothing by text that no store can hold, and send it nowhere', async () => {
    const before = adapter.requests;
    expect(await count({ id: ['a\0b'] })).toBe(0);
    expect(await count({ origin: ['\ud800'] })).toBe(0);
    expect(await count({ path: { under: 'a\0' } })).toBe(0);
    expect(adapter.requests).toBe(before);
    expect(await count({ origin: ['\ud800', 'maestro'] })).toBeGreaterThan(0);
  });

  it.each([
    [{ gitCommitHash: { in: ['xyz'] } }, '"xyz" is no commit hash to filter by: give 40 hexadecimal digits.'],
    [
      { gitCommitHash: { in: [HASH.slice(1)] } },
      `"${HASH.slice(1)}" is no commit hash to filter by: give 40 hexadecimal digits.`,
    ],
    [{ gitCommitHash: { prefix: '' } }, '"" is no commit hash to filter by: give 1 to 40 hexadecimal digits.'],
  ])('refuse %j', async (filter, sentence) => {
    const { code, message } = await refusal('query ($f: TestFilter) { tests(filter: $f) { totalCount } }', {
      f: filter,
    });
    expect({ code, message }).toEqual({ code: 'BAD_USER_INPUT', message: sentence });
  });

  it('take times of any zone, and refuse those without', async () => {
    const noon = await count({ startTime: { from: '2026-01-10T02:00:00+00:00' } });
    expect(await count({ startTime: { from: '2026-01-10T03:30:00+01:30' } })).toBe(noon);
    const query = 'query ($f: TestFilter) { tests(filter: $f) { totalCount } }';
    const { errors } = await gateway.ask(query, { f: { startTime: { from: '2026-01-10T02:00:00' } } });
    expect(errors[0]?.message).toContain('"2026-01-10T02:00:00" is no DateTime: give RFC 3339 text with a zone');
  });
});

describe('revision', () => {
  it.each(['abc', HASH.slice(0, 11), `${HASH}0`, `${HASH.slice(0, 20)}g`, 'a\0'])(
    'refuses the commit %j',
    async (hash) => {
      const { code, message } = await refusal('query ($h: String!) { revision(gitCommitHash: $h) { nodeId } }', {
        h: hash,
      });
      expect(code).toBe('BAD_USER_INPUT');
      expect(message).toContain('is no commit: give its 40 hexadecimal digits, or the first 12 or more of them.');
    },
  );

  it('refuses a patchset hash of another length', async () => {
    const { code } = await refusal(`{ revision(gitCommitHash: "${HASH}", patchsetHash: "ab") { nodeId } }`);
    expect(code).toBe('BAD_USER_INPUT');
  });

  it('is found by a prefix and in upper case, and not where nobody knows it', async () => {
    const { data, errors } = await gateway.ask(`{
      whole: revision(gitCommitHash: "${HASH.toUpperCase()}") { gitCommitHash patchsetHash gitCommitName sources }
      prefix: revision(gitCommitHash: "${HASH.slice(0, 12).toUpperCase()}") { gitCommitHash }
      patched: revision(gitCommitHash: "${HASH}", patchsetHash: "${'E'.repeat(64)}") { patchsetHash }
      nobody: revision(gitCommitHash: "${'0'.repeat(40)}") { gitCommitHash }
      nobodyAtAll: revision(gitCommitHash: "${'0'.repeat(12)}") { gitCommitHash }
    }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      whole: {
        gitCommitHash: HASH,
        patchsetHash: '',
        gitCommitName: expect.stringMatching(/^v6/),
        sources: ['native'],
      },
      prefix: { gitCommitHash: HASH },
      patched: { patchsetHash: 'e'.repeat(64) },
      nobody: null,
      nobodyAtAll: null,
    });
  });

  it('is refused where several commits begin so, naming them', async () => {
    const hashes = ['1', '2', '3'].map((end) => `${'ab'.repeat(19)}0${end}`);
    const documents = hashes.map((gitCommitHash, index) => ({
      entity: 'checkout' as const,
      object: { ...knownCheckout(), id: `lab:${index}`, gitCommitHash },
    }));
    const other = new FederatedGateway([{ name: 'native', adapter: new ArrayAdapter({ documents }) }]);
    const { errors } = await other.ask(`{ revision(gitCommitHash: "${'ab'.repeat(6)}") { nodeId } }`);
    expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toBe(
      `Several commits begin with "abababababab": ${hashes.join(', ')}. Give more digits.`,
    );
  });

  it('is there where only an issue names it', async () => {
    const issues = knownDocuments().filter(({ entity }) => entity === 'issue');
    const tracker = new FederatedGateway([{ name: 'bugs', adapter: new ArrayAdapter({ documents: issues }) }]);
    const { data, errors } = await tracker.ask(
      `{ revision(gitCommitHash: "${HASH}") { sources checkouts { totalCount } issues { totalCount } } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ revision: { sources: ['bugs'], checkouts: { totalCount: 0 }, issues: { totalCount: 1 } } });
  });
});

function knownCheckout() {
  for (const document of knownDocuments()) if (document.entity === 'checkout') return document.object;
  throw new Error('There is no known checkout.');
}

describe('node', () => {
  it('finds every object again by its global id, of whatever type', async () => {
    interface Found {
      readonly [field: string]: { readonly nodes: readonly { readonly nodeId: string; readonly __typename: string }[] };
    }
    const fields = ['checkouts', 'builds', 'tests', 'issues', 'incidents', 'revisions'];
    const { data } = await gateway.ask<Found>(
      `{ ${fields.map((field) => `${field}(first: 5) { nodes { __typename nodeId } }`).join(' ')} }`,
    );
    const nodes = fields.flatMap((field) => data[field]?.nodes ?? []);
    expect(nodes.length).toBeGreaterThan(25);
    const query = 'query ($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { __typename nodeId } node(id: $id) { nodeId } }';
    const again = await gateway.ask(query, {
      ids: [...nodes.map(({ nodeId }) => nodeId), 'garbage'],
      id: nodes[0]?.nodeId,
    });
    expect(again.errors).toEqual([]);
    expect(again.data).toEqual({ nodes: [...nodes, null], node: { nodeId: nodes[0]?.nodeId } });
  });

  it.each([
    '',
    'x',
    '!!',
    btoa('Nothing:x'),
    btoa('Test:'),
    btoa('Revision:xyz'),
    btoa('Test:a\0b'),
    'A'.repeat(10_000),
  ])('is null for the id %j', async (id) => {
    const { data, errors } = await gateway.ask('query ($id: ID!) { node(id: $id) { nodeId } }', { id });
    expect({ data, errors }).toEqual({ data: { node: null }, errors: [] });
  });
});
