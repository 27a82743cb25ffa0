import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrayAdapter, type ArrayDocument } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { build, checkout, incident, issue, test } from '../../support/model-objects.ts';

/** Two of each kind of parent, which every source knows. */
const COMMITS = ['1'.repeat(40), '2'.repeat(40)] as const;
const PARENTS = COMMITS.flatMap((gitCommitHash, n) => [
  checkout({ id: `lab:checkout-${n}`, gitCommitHash, patchsetHash: '' }),
  build({ id: `lab:build-${n}`, checkoutId: `lab:checkout-${n}` }),
  test({ id: `lab:test-${n}`, buildId: `lab:build-${n}` }),
  issue({ id: `lab:issue-${n}`, version: 1 }),
]);

/** What hangs on the one parent or the other, as each source has it. */
interface Hung {
  readonly parent: 0 | 1;
  readonly minute: number | null;
}

function children(number: number, { parent, minute }: Hung): readonly ArrayDocument[] {
  const startTime = minute === null ? null : `2026-02-01T10:${String(minute).padStart(2, '0')}:00.000000Z`;
  const of = (kind: string) => `lab:${kind}-${parent}`;
  const seen = { issueId: of('issue'), issueVersion: 1, buildId: of('build'), testId: of('test'), present: true };
  const made = [
    checkout({ id: `far:checkout-${number}`, gitCommitHash: COMMITS[parent], patchsetHash: '', startTime }),
    build({ id: `far:build-${number}`, checkoutId: of('checkout'), startTime }),
    test({ id: `far:test-${number}`, buildId: of('build'), startTime }),
    issue({ id: `far:issue-${number}`, version: 1, misc: { 'cause-commit': COMMITS[parent] } }),
    incident({ id: `far:incident-${number}`, ...seen }),
  ];
  return made.map(timed(startTime));
}

function timed(time: string | null) {
  return (document: (typeof PARENTS)[number]): ArrayDocument =>
    document.entity === 'issue' || document.entity === 'incident' ? { ...document, time } : document;
}

const LISTS = {
  checkouts: (n: number) => `revision(gitCommitHash: "${COMMITS[n]}") { list: checkouts(ARGS) SELECTED }`,
  builds: (n: number) => `checkout(id: "lab:checkout-${n}") { list: builds(ARGS) SELECTED }`,
  tests: (n: number) => `build(id: "lab:build-${n}") { list: tests(ARGS) SELECTED }`,
  buildIncidents: (n: number) => `build(id: "lab:build-${n}") { list: incidents(ARGS) SELECTED }`,
  testIncidents: (n: number) => `test(id: "lab:test-${n}") { list: incidents(ARGS) SELECTED }`,
  issueIncidents: (n: number) => `issue(id: "lab:issue-${n}") { list: incidents(ARGS) SELECTED }`,
  issues: (n: number) => `revision(gitCommitHash: "${COMMITS[n]}") { list: issues(ARGS) SELECTED }`,
  testsOfCheckout: (n: number) => `checkout(id: "lab:checkout-${n}") { list: tests(ARGS) SELECTED }`,
  buildsOfRevision: (n: number) => `revision(gitCommitHash: "${COMMITS[n]}") { list: builds(ARGS) SELECTED }`,
} as const;

interface Page {
  readonly parent: {
    readonly list: {
      readonly totalCount: number | null;
      readonly nodes: readonly { readonly id: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  };
}

async function walkBelow(gateway: FederatedGateway, field: string, first: number) {
  const ids: string[] = [];
  let total: number | null = null;
  let after: string | null = null;
  do {
    const text: string = field
      .replace('ARGS', `first: ${first}, after: ${JSON.stringify(after)}`)
      .replace('SELECTED', '{ totalCount nodes { id } pageInfo { hasNextPage endCursor } }');
    const { data, errors } = await gateway.ask<Page>(`{ parent: ${text} }`);
    expect(errors).toEqual([]);
    const { nodes, pageInfo, totalCount } = data.parent.list;
    ids.push(...nodes.map(({ id }) => id));
    total = totalCount;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return { ids, total };
}

const HUNG: fc.Arbitrary<Hung> = fc.record({
  parent: fc.constantFrom(0, 1),
  minute: fc.option(fc.nat(5), { nil: null, freq: 4 }),
});
/** For each of some objects the copies of it, by source; not every source has one. */
const COPIES = fc.array(fc.array(fc.option(HUNG, { nil: null }), { minLength: 3, maxLength: 3 }), { maxLength: 6 });

describe('an object that sources hang on different parents', () => {
  it.each(Object.entries(LISTS))('stands once below each of them: %s', async (_, field) => {
    await fc.assert(
      fc.asyncProperty(COPIES, fc.integer({ min: 1, max: 4 }), async (copies, first) => {
        const sources = [0, 1, 2].map((source) => ({
          name: `s${source}`,
          adapter: new ArrayAdapter({
            documents: [
              ...PARENTS.map(timed(null)),
              ...copies.flatMap((some, number) => {
                const hung = some[source] ?? null;
                return hung === null ? [] : children(number, hung);
              }),
            ],
          }),
        }));
        const gateway = new FederatedGateway(sources);
        for (const parent of [0, 1]) {
          const { ids, total } = await walkBelow(gateway, field(parent), first);
          const far = ids.filter((id) => id.startsWith('far:'));
          const numbers = far.map((id) => Number(id.split('-').at(-1))).sort();
          const held = copies.flatMap((some, number) => (some.some((one) => one?.parent === parent) ? [number] : []));
          expect(numbers).toEqual(held);
          expect(total).toBe(ids.length);
        }
      }),
      { numRuns: 15 },
    );
  });
});
