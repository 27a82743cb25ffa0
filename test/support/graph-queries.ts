const HASH = '1f23456789abcdef0123456789abcdef012345ab';
const COUNTS = '{ pass fail error miss done skip none total status verdict }';

/** Of the known objects: what hangs on one commit, and on each of a level, along every relation. */
export const GRAPH_QUERIES = {
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

/** Filters that read more than the object itself: what one source answers from what lies in it. */
export const ANCESTOR_QUERIES = {
  testsByCommit: `{ tests(first: 50, filter: { gitCommitHash: { prefix: "${HASH.slice(0, 5)}" }, architecture: ["arm64"] }) {
    totalCount statusCounts { total fail } nodes { id buildId } pageInfo { hasNextPage }
  } }`,
  testsWithIncident: '{ tests(first: 50, filter: { hasIncident: true }) { totalCount nodes { id } } }',
  buildsByTree: `{ builds(first: 50, filter: { treeName: ["mainline"], hasIncident: false }) {
    totalCount nodes { id checkout { treeName } } } }`,
  buildsByRepository: `{ builds(filter: { gitRepositoryUrl: ["git://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux"] }) {
    totalCount nodes { id } } }`,
};
