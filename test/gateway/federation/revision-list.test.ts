import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Order, Paging } from '../../../adapters/contract/adapter.ts';
import type { Checkout } from '../../../adapters/contract/model.ts';
import { ArrayAdapter, type ArrayDocument } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { checkout } from '../../support/model-objects.ts';

const HASHES = [1, 2, 3, 4, 5, 6].map((digit) => String(digit).repeat(40));
const TIMES = [0, 1, 2, 3].map((minute) => `2026-01-20T12:0${minute}:00.000000Z`);

const CHECKOUT = fc.record({
  id: fc.constantFrom(...'abcdefghijklmnop').map((name) => `lab:${name}`),
  gitCommitHash: fc.option(fc.constantFrom(...HASHES), { freq: 8 }),
  patchsetHash: fc.constantFrom(null, '', 'e'.repeat(64)),
  treeName: fc.constantFrom('mainline', 'next'),
  startTime: fc.option(fc.constantFrom(...TIMES), { freq: 5 }),
});
/** Every object lies in one source, whole: where a revision stands is then plain to tell. */
const SOURCES = fc
  .uniqueArray(fc.tuple(CHECKOUT, fc.nat(2)), { selector: ([{ id }]) => id, minLength: 4 })
  .map((placed) =>
    [0, 1, 2].map((source) => placed.filter(([, at]) => at === source).map(([given]) => documentOf(given))),
  );

function documentOf(
  given: Partial<Checkout> & { readonly id: string },
): ArrayDocument & { readonly entity: 'checkout' } {
  const made = checkout(given);
  if (made.entity !== 'checkout') throw new Error('A checkout is no checkout.');
  return made;
}

interface Page {
  readonly revisions: {
    readonly nodes: readonly { readonly gitCommitHash: string; readonly patchsetHash: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

const QUERY = `query ($first: Int, $after: String, $order: RevisionOrder) {
  revisions(first: $first, after: $after, orderBy: $order, filter: { treeName: ["mainline"] }) {
    nodes { gitCommitHash patchsetHash } pageInfo { hasNextPage endCursor } totalCount
  }
}`;

/** By the newest matching checkout of each, in both orders. */
function expected(checkouts: readonly Checkout[], order: Order): string[] {
  const newest = new Map<string, Checkout>();
  const standing = checkouts.filter((one) => one.treeName === 'mainline' && one.gitCommitHash !== null);
  for (const one of standing.toSorted(by('NEWEST'))) {
    const key = `${one.gitCommitHash}+${one.patchsetHash ?? ''}`;
    if (!newest.has(key)) newest.set(key, one);
  }
  return [...newest].sort(([, a], [, b]) => by(order)(a, b)).map(([key]) => key);
}

function by(order: Order) {
  return (a: Checkout, b: Checkout): number => {
    if (a.startTime === b.startTime) return a.id < b.id ? -1 : 1;
    if (a.startTime === null || b.startTime === null) return a.startTime === null ? 1 : -1;
    return a.startTime < b.startTime === (order === 'OLDEST') ? -1 : 1;
  };
}

it('gives every revision once, where its newest matching checkout stands', async () => {
  const order = fc.constantFrom<Order>('NEWEST', 'OLDEST');
  const paging = fc.constantFrom<Paging>('keyset', 'full');
  const filters = fc.constantFrom(undefined, []);
  await fc.assert(
    fc.asyncProperty(
      SOURCES,
      order,
      paging,
      filters,
      fc.integer({ min: 1, max: 4 }),
      async (sources, order, paging, filters, first) => {
        const gateway = new FederatedGateway(
          sources.map((documents, index) => ({
            name: `s${index}`,
            adapter: new ArrayAdapter({ documents, paging, ...(filters === undefined ? {} : { filters }) }),
          })),
        );
        const keys: string[] = [];
        for (let after: string | null = null; ; ) {
          const { data, errors }: { data: Page; errors: readonly unknown[] } = await gateway.ask<Page>(QUERY, {
            first,
            after,
            order,
          });
          expect(errors).toEqual([]);
          keys.push(...data.revisions.nodes.map((one) => `${one.gitCommitHash}+${one.patchsetHash}`));
          if (!data.revisions.pageInfo.hasNextPage) break;
          after = data.revisions.pageInfo.endCursor;
        }
        const checkouts = sources.flat().map(({ object }) => object);
        expect(keys).toEqual(expected(checkouts, order));
      },
    ),
    { numRuns: 40 },
  );
});
