import { expect, it } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { incident, issue, test } from '../../support/model-objects.ts';

const seen = (id: string, issueVersion: number, more: object = {}) =>
  incident({ id, issueId: 'a:i', issueVersion, testId: 'a:t', present: true, ...more });

it('an issue has the incidents of all its versions in all sources', async () => {
  const one = new ArrayAdapter({ documents: [issue({ id: 'a:i', version: 2 }), seen('a:1', 1), seen('a:2', 2)] });
  const other = new ArrayAdapter({ documents: [issue({ id: 'a:i', version: 5 }), seen('b:1', 3), seen('a:2', 2)] });
  const gateway = new FederatedGateway([
    { name: 'one', adapter: one },
    { name: 'other', adapter: other },
  ]);
  const { data, errors } = await gateway.ask(`{
    issue(id: "a:i") { version incidents { totalCount nodes { id } } old: incidents(filter: { issueVersion: [3] }) { nodes { id } } }
    first: issue(id: "a:i", version: 2) { incidents { totalCount } }
  }`);
  expect(errors).toEqual([]);
  expect(data).toEqual({
    issue: {
      version: 5,
      incidents: { totalCount: 3, nodes: [{ id: 'a:1' }, { id: 'a:2' }, { id: 'b:1' }] },
      old: { nodes: [{ id: 'b:1' }] },
    },
    first: { incidents: { totalCount: 3 } },
  });
});

it.each([
  ['in another source is an explanation', [seen('b:1', 1)], true],
  ['that was ruled out is none', [seen('b:1', 1, { present: false })], false],
  ['that nobody has looked at is none', [seen('b:1', 1, { present: null })], false],
  ['that its own origin has ruled out is none', [seen('a:1', 1)], false],
  ['behind others that were ruled out is one', [seen('b:1', 1, { present: false }), seen('b:2', 1)], true],
])('an incident %s', async (_, incidents, expected) => {
  const own = [test({ id: 'a:t', buildId: 'a:b' }), seen('a:1', 1, { present: false })];
  const gateway = new FederatedGateway([
    { name: 'one', adapter: new ArrayAdapter({ documents: own, filters: ['id'] }) },
    { name: 'other', adapter: new ArrayAdapter({ documents: incidents, filters: ['id'] }) },
  ]);
  const { data } = await gateway.ask(`{ tests(filter: { id: ["a:t"], hasIncident: ${expected} }) { nodes { id } } }`);
  expect(data).toEqual({ tests: { nodes: [{ id: 'a:t' }] } });
});

it('an incident is judged by all its copies, also by one that does not name the object', async () => {
  const own = [test({ id: 'a:t', buildId: 'a:b' })];
  const bare = incident({ id: 'a:1', issueId: 'a:i', issueVersion: 1, testId: null, present: true });
  const named = incident({ id: 'a:1', issueId: 'a:i', issueVersion: 1, testId: 'a:t', present: null });
  const gateway = new FederatedGateway([
    { name: 'one', adapter: new ArrayAdapter({ documents: own }) },
    { name: 'two', adapter: new ArrayAdapter({ documents: [bare] }) },
    { name: 'three', adapter: new ArrayAdapter({ documents: [named] }) },
  ]);
  const { data } = await gateway.ask(`{
    with: tests(filter: { hasIncident: true }) { totalCount nodes { id } }
    without: tests(filter: { hasIncident: false }) { totalCount nodes { id } }
  }`);
  expect(data).toEqual({
    with: { totalCount: 1, nodes: [{ id: 'a:t' }] },
    without: { totalCount: 0, nodes: [] },
  });
});

it('one incident among many is found', async () => {
  const many = Array.from({ length: 250 }, (_, n) => seen(`b:${n}`, 1, { present: n === 249 }));
  const gateway = new FederatedGateway([
    { name: 'one', adapter: new ArrayAdapter({ documents: [test({ id: 'a:t', buildId: 'a:b' })] }) },
    { name: 'other', adapter: new ArrayAdapter({ documents: many }) },
  ]);
  const { data, errors } = await gateway.ask(`{
    with: tests(filter: { hasIncident: true }) { totalCount }
    without: tests(filter: { hasIncident: false }) { totalCount }
  }`);
  expect(errors).toEqual([]);
  expect(data).toEqual({ with: { totalCount: 1 }, without: { totalCount: 0 } });
});

interface Page {
  readonly tests: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

it.each([0, 1, 2])('no test is lost where a source with incidents fails on page %i of a walk', async (failing) => {
  const tests = Array.from({ length: 20 }, (_, n) => test({ id: `a:t${n}`, buildId: 'a:b' }));
  const incidents = new ArrayAdapter({ documents: [seen('b:1', 1, { testId: 'a:t7' })] });
  const gateway = new FederatedGateway([
    { name: 'tests', adapter: new ArrayAdapter({ documents: tests }) },
    { name: 'incidents', adapter: incidents, breaker: { failures: 100, openFor: 0 } },
  ]);
  const found = new Set<string>();
  let after: string | null = null;
  // A source that failed is asked again from the cursor, though no page of the others may follow.
  for (let page = 0; page < 12; page += 1) {
    incidents.failure = page === failing ? new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.') : null;
    const { data }: { data: Page } = await gateway.ask<Page>(
      `query ($after: String) { tests(first: 4, after: $after, filter: { hasIncident: false }) {
        nodes { id } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    for (const { id } of data.tests.nodes) found.add(id);
    after = data.tests.pageInfo.endCursor ?? after;
  }
  expect(found.size).toBe(19);
  expect(found.has('a:t7')).toBe(false);
});
