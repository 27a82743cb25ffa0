import type { Capabilities, Order, Paging, RelationCapability, RelationName } from '../adapter.ts';
import { RELATION_TARGETS } from '../adapter.ts';
import { FILTER_FIELDS, type FilterOperator } from '../filter.ts';
import type { EntityName } from '../model.ts';

/** One statement takes so many keys or parents; more would only make the answer large. */
const MAX_KEYS = 1000;
const MAX_PAGE = 2000;

const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const PAGING: Paging = 'keyset';

/** Every filter there is. */
function filtersOf(entity: EntityName): { readonly [field: string]: readonly FilterOperator[] } {
  return Object.fromEntries(Object.entries(FILTER_FIELDS[entity]).map(([field, rule]) => [field, rule.operators]));
}

function entity(name: EntityName) {
  return {
    get: { maxKeys: MAX_KEYS },
    list: { order: ORDER, paging: PAGING, maxPage: MAX_PAGE },
    filters: filtersOf(name),
    count: 'exact' as const,
    freshnessMs: 0,
  };
}

function relations(): Capabilities['relations'] {
  const made: { [R in RelationName]?: RelationCapability } = {};
  for (const name in RELATION_TARGETS) {
    if (isRelation(name)) {
      made[name] = { maxParents: MAX_KEYS, order: ORDER, paging: PAGING, maxPage: MAX_PAGE, count: 'exact' };
    }
  }
  return made;
}

function isRelation(name: string): name is RelationName {
  return name in RELATION_TARGETS;
}

/** The store can do all that the contract knows: every relation, the direct ones too, every filter, both orders. */
export const capabilities: Capabilities = {
  entities: {
    checkout: entity('checkout'),
    build: entity('build'),
    test: entity('test'),
    issue: entity('issue'),
    incident: entity('incident'),
  },
  relations: relations(),
};
