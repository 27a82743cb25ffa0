import { createHash } from 'node:crypto';
import { type Order, type Place, RELATION_TARGETS, type RelationName } from '../../../../adapters/contract/adapter.ts';
import { allFields } from '../../../../adapters/contract/fields.ts';
import type { Filters } from '../../../../adapters/contract/filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../../adapters/contract/model.ts';
import { countBelowStatement, countStatement } from '../../../../adapters/postgres/read/counts.ts';
import type { Sql } from '../../../../adapters/postgres/read/sql.ts';
import {
  getStatement,
  listStatement,
  type ReadStatement,
  relatedStatement,
} from '../../../../adapters/postgres/read/statement.ts';

/** A statement that the store runs, by a name that says what it answers. */
export interface NamedRead {
  readonly name: string;
  readonly statement: Sql;
  /** It is never prepared, so it has no plan for all values. */
  readonly planByValues: boolean;
}

const FIRST = 25;
const ORDERS: readonly Order[] = ['NEWEST', 'OLDEST'];
const PLACES: readonly (Place | null)[] = [
  null,
  { time: '2026-01-01T03:00:00.000000Z', tie: 'made:t32400' },
  { time: null, tie: 'made:t10100' },
];

const hash = (n: number) => {
  const digest = createHash('md5').update(String(n)).digest('hex');
  return digest + digest.slice(0, 8);
};
const from = '2026-01-01T01:00:00.000000Z';
const to = '2026-01-01T02:00:00.000000Z';
const ids = (kind: string, count: number) => ({
  in: Array.from({ length: count }, (_, n) => `made:${kind}${n * 7 + 1}`),
});
const common = { origin: { in: ['origin_1', 'origin_2'] }, timestamp: { from } };
const ofCheckout = {
  gitCommitHash: { in: [hash(5), hash(6)] },
  treeName: { in: ['tree3', 'tree5'] },
  gitRepositoryUrl: { in: ['https://git.example.org/r3.git', 'https://git.example.org/r5'] },
  gitRepositoryBranch: { in: ['branch3', 'branch5'] },
};
const ofBuild = {
  architecture: { in: ['arch3'] },
  configName: { in: ['config3', 'config4'] },
  compiler: { in: ['compiler3'] },
};
const ofRun = {
  status: { in: ['FAIL' as const, 'MISS' as const, null] },
  startTime: { from, to },
  duration: { from: 3, to: 500 },
  hasIncident: { is: true },
};

/** For every field of every filter a value that some rows have. */
const FILTERS: { readonly [E in EntityName]: Required<Filters[E]> } = {
  checkout: {
    id: ids('c', 30),
    ...common,
    ...ofCheckout,
    patchsetHash: { in: ['', hash(20)] },
    gitCommitName: { in: ['v6.5', 'v6.9'] },
    gitCommitTags: { in: ['tag5'] },
    messageId: { in: ['5@example.org'] },
    valid: { in: [false, null] },
    startTime: { from, to },
  },
  build: { id: ids('b', 30), ...common, ...ofRun, ...ofBuild, ...ofCheckout, checkoutId: ids('c', 30) },
  test: {
    id: ids('t', 30),
    ...common,
    ...ofRun,
    ...ofBuild,
    ...ofCheckout,
    buildId: ids('b', 30),
    path: { in: ['suite1.area1.case1', 'suite2.area2.case2'] },
    platform: { in: ['platform3', 'platform4'] },
    compatible: { in: ['vendor,board3'] },
    number: { from: 10 },
  },
  issue: {
    id: ids('i', 30),
    ...common,
    category: { in: ['category3'] },
    reportUrl: { in: ['https://bugs.example.org/5'] },
    culprit: { is: { code: true } },
  },
  incident: {
    id: ids('n', 30),
    ...common,
    issueId: ids('i', 30),
    issueVersion: { in: [1] },
    buildId: ids('b', 30),
    testId: ids('t', 30),
    present: { in: [false, null] },
  },
};

/** The fields that drive a count; by any other, whoever counts must look at every row. */
const DRIVING_FIELDS: readonly string[] = [
  'id',
  'origin',
  'status',
  'checkoutId',
  'buildId',
  'testId',
  'issueId',
  'gitCommitHash',
  'path',
  'platform',
  'startTime',
];

const PARENTS: { readonly [R in RelationName]: readonly string[] } = {
  checkoutsOfRevision: [hash(5), `${hash(6)}+${hash(7)}`],
  buildsOfCheckout: ids('c', 200).in,
  testsOfBuild: ids('b', 200).in,
  incidentsOfBuild: ids('b', 200).in,
  incidentsOfTest: ids('t', 200).in,
  incidentsOfIssue: [...ids('i', 100).in, '1@made:i8'],
  versionsOfIssue: [...ids('i', 100).in, '1@made:i8'],
  issuesOfRevision: [hash(5), hash(6)],
  buildsOfRevision: [hash(5), hash(6)],
  testsOfRevision: [hash(5), hash(6)],
  incidentsOfRevision: [hash(5), hash(6)],
  testsOfCheckout: ids('c', 20).in,
};

function named(name: string, statement: ReadStatement | null): NamedRead[] {
  if (statement === null) throw new Error(`Nothing can fit "${name}": it would not be run at all.`);
  return [{ name, statement: statement.sql, planByValues: statement.planByValues }];
}

/** No filter, and each field by itself. */
function filtersOf<E extends EntityName>(entity: E): readonly (readonly [string, Filters[E] | null])[] {
  const fields = Object.entries(FILTERS[entity]);
  return [
    ['all', null],
    ...fields.map(([field, filter]): [string, Filters[E]] => [field, Object.assign({}, { [field]: filter })]),
  ];
}

const described = (order: Order, after: Place | null) =>
  `${order}${after === null ? '' : after.time === null ? ' after a place without a time' : ' after a place'}`;

/** Every entity by key; every list and relation in both orders, from the start and from within, by each filter field; every count below a parent. */
export const READS: readonly NamedRead[] = [
  ...ENTITY_NAMES.flatMap((entity) =>
    named(`${entity} by id`, getStatement(entity, FILTERS[entity].id.in, allFields(entity))),
  ),
  ...ENTITY_NAMES.flatMap((entity) =>
    filtersOf(entity).flatMap(([field, where]) =>
      ORDERS.flatMap((order) =>
        PLACES.filter((after) => field === 'all' || after?.time !== null).flatMap((after) =>
          named(
            `${entity} list, ${field}, ${described(order, after)}`,
            listStatement(entity, { where, order, first: FIRST, after }, allFields(entity)),
          ),
        ),
      ),
    ),
  ),
  ...named(
    'issue list of all versions',
    listStatement(
      'issue',
      { where: null, order: 'NEWEST', first: FIRST, after: null, allVersions: true },
      allFields('issue'),
    ),
  ),
  ...(['suite1.area1.case1', 'suite1', 's'] as const).flatMap((prefix) =>
    ORDERS.flatMap((order) =>
      named(
        `test list, paths that begin with ${prefix}, ${order}`,
        listStatement('test', { where: { path: { prefix } }, order, first: FIRST, after: null }, allFields('test')),
      ),
    ),
  ),
  ...named(
    'test list, paths that contain a text',
    listStatement(
      'test',
      { where: { path: { contains: 'CASE' } }, order: 'NEWEST', first: FIRST, after: null },
      allFields('test'),
    ),
  ),
  ...ENTITY_NAMES.flatMap((entity) =>
    filtersOf(entity)
      .filter(([field]) => DRIVING_FIELDS.includes(field))
      .flatMap(([field, where]) => named(`count of ${entity}s, ${field}`, countStatement(entity, where, false))),
  ),
  ...Object.entries(PARENTS).flatMap(([name, parents]) => {
    if (!isRelation(name)) return [];
    const entity = RELATION_TARGETS[name];
    return filtersOf(entity).flatMap(([field, where]) => [
      ...ORDERS.flatMap((order) =>
        named(
          `${name}, ${field}, ${order}`,
          relatedStatement(name, parents, { where, order, first: 10, after: null }, allFields(entity)),
        ),
      ),
      ...named(`count of ${name}, ${field}`, countBelowStatement(name, parents, where)),
    ]);
  }),
];

function isRelation(name: string): name is RelationName {
  return name in RELATION_TARGETS;
}

interface BoundedRead extends NamedRead {
  readonly bound: number;
}

function bounded<E extends EntityName>(
  name: string,
  entity: E,
  where: Filters[E] | null,
  bound: number,
): BoundedRead[] {
  return ORDERS.flatMap((order) =>
    PLACES.slice(0, 2).flatMap((after) =>
      named(
        `${name}, ${described(order, after)}`,
        listStatement(entity, { where, order, first: FIRST, after }, new Set(['id'])),
      ).map((read) => ({ ...read, bound })),
    ),
  );
}

/** A page is `FIRST` rows and one more; equal times are read to their end, and one range may end where the next begins. */
const PAGE = 3 * (FIRST + 1);
/** Of a merge: the first row of each range, the rows of those that can have a part, and the columns of what is left. */
const merged = (ranges: number) => 2 * ranges + (FIRST + 1) ** 2 + 3 * (FIRST + 1);

/** What each list is driven by: how many rows it may read, however many there are. */
export const BOUNDED_READS: readonly BoundedRead[] = [
  ...ENTITY_NAMES.flatMap((entity) => bounded(`${entity} by time`, entity, null, PAGE)),
  ...ENTITY_NAMES.flatMap((entity) => bounded(`${entity} by origin`, entity, { origin: { in: ['origin_1'] } }, PAGE)),
  ...bounded('tests by origin and status', 'test', { origin: { in: ['origin_1'] }, status: { in: ['FAIL'] } }, PAGE),
  ...bounded(
    'tests by origin, status and window',
    'test',
    { origin: { in: ['origin_1'] }, status: { in: ['FAIL'] }, startTime: { from, to } },
    PAGE,
  ),
  ...bounded(
    'tests that have not finished, of an origin',
    'test',
    { origin: { in: ['origin_1'] }, status: { in: [null] } },
    PAGE,
  ),
  ...bounded('builds by origin and status', 'build', { origin: { in: ['origin_1'] }, status: { in: ['FAIL'] } }, PAGE),
  ...bounded('tests by two origins', 'test', { origin: { in: ['origin_1', 'origin_2'] } }, merged(2)),
  ...bounded('tests by statuses of all origins', 'test', { status: { in: ['MISS', 'ERROR', null] } }, merged(6 * 3)),
  ...bounded('tests by path', 'test', { path: { in: ['suite1.area1.case1'] } }, PAGE),
  ...bounded('tests by platform', 'test', { platform: { in: ['platform3'] } }, PAGE),
  ...bounded('tests by build', 'test', { buildId: ids('b', 1) }, PAGE),
  ...bounded('tests by 1,000 builds', 'test', { buildId: ids('b', 1000) }, merged(1000)),
  ...bounded('tests by commit', 'test', { gitCommitHash: { in: [hash(5)] } }, merged(60)),
  ...bounded('builds by checkout', 'build', { checkoutId: ids('c', 1) }, PAGE),
  ...bounded('checkouts by tree', 'checkout', { treeName: { in: ['tree3'] } }, PAGE),
  ...bounded('checkouts by repository', 'checkout', { gitRepositoryUrl: { in: ['https://git.example.org/r3'] } }, PAGE),
  ...bounded('checkouts by branch', 'checkout', { gitRepositoryBranch: { in: ['branch3'] } }, PAGE),
  ...bounded('checkouts by commit', 'checkout', { gitCommitHash: { in: [hash(5)] } }, PAGE),
  ...bounded('incidents by issue', 'incident', { issueId: ids('i', 1) }, PAGE),
  ...bounded('incidents by test', 'incident', { testId: ids('t', 1) }, PAGE),
];
