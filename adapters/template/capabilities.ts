import {
  type Capabilities,
  type EntityName,
  FILTER_FIELDS,
  type FilterOperator,
  type Order,
  type RelationCapability,
  type RelationName,
} from '../kit/author.ts';
import type { FileOptions } from './options.ts';

/** All lies in memory: a larger batch or page costs nothing but the size of the answer. */
const MAX_KEYS = 1000;
const MAX_PAGE = 1000;
const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];

const RELATIONS: readonly RelationName[] = [
  'checkoutsOfRevision',
  'buildsOfCheckout',
  'testsOfBuild',
  'incidentsOfBuild',
  'incidentsOfTest',
  'incidentsOfIssue',
  'versionsOfIssue',
  'issuesOfRevision',
];

/** What the source can do, as it is configured. */
export function capabilitiesOf(options: FileOptions): Capabilities {
  const { paging } = options;
  const common = {
    get: { maxKeys: MAX_KEYS },
    list: { order: ORDER, paging, maxPage: MAX_PAGE },
    count: 'exact',
    // Files are followed as they change; what was fetched is as old as it may be.
    freshnessMs: options.url === undefined ? 0 : options.freshness,
  } as const;
  const entity = (name: EntityName) => ({ ...common, filters: filtersOf(name, options.filters) });
  const relation: RelationCapability = {
    maxParents: MAX_KEYS,
    order: ORDER,
    paging,
    maxPage: MAX_PAGE,
    count: 'exact',
  };
  return {
    entities: {
      checkout: entity('checkout'),
      build: entity('build'),
      test: entity('test'),
      issue: entity('issue'),
      incident: entity('incident'),
    },
    relations: Object.fromEntries(RELATIONS.map((name) => [name, relation])),
  };
}

/** The filters that are applied here, each with all its operators. */
function filtersOf(
  entity: EntityName,
  wanted: FileOptions['filters'],
): Readonly<Record<string, readonly FilterOperator[]>> {
  const rules = Object.entries(FILTER_FIELDS[entity]);
  const chosen = rules.filter(([name]) => wanted === 'all' || wanted.includes(name));
  return Object.fromEntries(chosen.map(([name, { operators }]) => [name, operators]));
}
