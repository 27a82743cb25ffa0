import {
  type Capabilities,
  type EntityName,
  FILTER_FIELDS,
  type FilterOperator,
  type Order,
  type RelationCapability,
} from '../kit/author.ts';
import { BUILD_KEYS, CHECKOUT_KEYS, CRASH_KEYS, ISSUE_KEYS } from './ids.ts';
import { pushedFields } from './queries/filters.ts';

/** From the index: a larger batch costs nothing but the size of the answer. */
const FROM_INDEX = 1000;
/** A bug that the index does not know is one request. */
const ONE_REQUEST = 1;
const MAX_PAGE = 500;
/** Lists come in the order learnt, the newest bugs in front: from the other end they cannot be read. */
const LIST = { order: ['NEWEST'] satisfies Order[], paging: 'offset', maxPage: MAX_PAGE } as const;
/** The index itself knows for how long what it holds is good; what it learns shows at once. */
const COMMON = { list: LIST, count: null, freshnessMs: 1000 } as const;

const relation = (maxParents: number, keys?: string): RelationCapability => ({
  maxParents,
  order: ['NEWEST', 'OLDEST'],
  paging: 'full',
  maxPage: MAX_PAGE,
  count: null,
  ...(keys === undefined ? {} : { keys }),
});

export const CAPABILITIES: Capabilities = {
  entities: {
    checkout: { ...COMMON, get: { maxKeys: FROM_INDEX }, filters: filtersOf('checkout'), keys: CHECKOUT_KEYS },
    build: { ...COMMON, get: { maxKeys: FROM_INDEX }, filters: filtersOf('build'), keys: BUILD_KEYS },
    test: { ...COMMON, get: { maxKeys: ONE_REQUEST }, filters: filtersOf('test'), keys: CRASH_KEYS },
    issue: { ...COMMON, get: { maxKeys: ONE_REQUEST }, filters: filtersOf('issue'), keys: ISSUE_KEYS },
    incident: { ...COMMON, get: { maxKeys: ONE_REQUEST }, filters: filtersOf('incident'), keys: CRASH_KEYS },
  },
  relations: {
    checkoutsOfRevision: relation(FROM_INDEX),
    buildsOfCheckout: relation(FROM_INDEX, CHECKOUT_KEYS),
    testsOfBuild: relation(FROM_INDEX, BUILD_KEYS),
    incidentsOfBuild: relation(FROM_INDEX, BUILD_KEYS),
    incidentsOfTest: relation(FROM_INDEX, CRASH_KEYS),
    incidentsOfIssue: relation(ONE_REQUEST, ISSUE_KEYS),
    versionsOfIssue: relation(ONE_REQUEST, ISSUE_KEYS),
    issuesOfRevision: relation(ONE_REQUEST),
  },
};

/** Those that the index finds by, and those that are the same for all there is, each with all operators. */
function filtersOf(entity: EntityName): Readonly<Record<string, readonly FilterOperator[]>> {
  const rules: Readonly<Record<string, { readonly operators: readonly FilterOperator[] }>> = FILTER_FIELDS[entity];
  return Object.fromEntries(pushedFields(entity).map((name) => [name, rules[name]?.operators ?? []]));
}
