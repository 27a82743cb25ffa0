import { expect, it } from 'vitest';
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
