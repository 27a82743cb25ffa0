import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

const DOCUMENTS = knownDocuments();
const HASH = '1f23456789abcdef0123456789abcdef012345ab'.slice(0, 40);
const RUNS = { numRuns: 12 };

const COUNTS = '{ pass fail error miss done skip none total status verdict }';

/** What hangs on one commit, and on each of a level, along every relation. */
const QUERIES = {
  revision: `{ revision(gitCommitHash: "${HASH}") {
    gitCommitHash patchsetHash nodeId statusCounts ${COUNTS}
    checkouts { totalCount nodes { id } }
    builds(first: 7) { totalCount statusCounts ${COUNTS} nodes { id status verdict } pageInfo { hasNextPage } }
    tests(first: 20, orderBy: OLDEST) { totalCount statusCounts ${COUNTS} nodes { id path } pageInfo { hasNextPage } }
    incidents { totalCount nodes { id present } }
    issues { totalCount nodes { id version } }
  } }`,
  checkouts: `{ checkouts(first: 20) { totalCount edges { node {
    id misc logExcerpt revision { gitCommitHash patchsetHash }
    builds(first: 4) { totalCount statusCounts ${COUNTS} nodes { id checkout { id treeName } } }
    tests(first: 6) { totalCount nodes { id } pageInfo { hasNextPage } }
  } } } }`,
  builds: `{ builds(first: 30, orderBy: OLDEST, filter: { status: [PASS, FAIL, null] }) {
    totalCount statusCounts ${COUNTS}
    nodes { id duration outputFiles { name url } incidents { totalCount nodes { id } }
      tests(first: 3, filter: { status: [FAIL] }) { totalCount nodes { id environment { compatible misc } } } }
  } }`,
  issues: `{ issues { totalCount nodes { id version versions { id version } incidents { totalCount nodes { id issue { version } build { id } test { id } } } } } }`,
  versions: '{ issues(allVersions: true) { totalCount nodes { id version reportSubject culprit { code } } } }',
  revisions:
    '{ revisions(first: 3) { nodes { gitCommitHash patchsetHash builds { totalCount } statusCounts { total } } } }',
  oldestRevisions: '{ revisions(orderBy: OLDEST, filter: { treeName: ["mainline"] }) { nodes { nodeId } } }',
};

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

it.each(Object.entries(QUERIES))('answers %s over scattered sources as over one that has it all', async (_, query) => {
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
});
