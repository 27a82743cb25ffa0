import type { Capabilities, EntityCapability, Order, RelationCapability } from '../adapter.ts';
import { FILTER_FIELDS, type FilterOperator } from '../filter.ts';
import type { EntityName } from '../model.ts';

/** Ids that one read takes. */
export const MAX_KEYS = 500;
export const MAX_PAGE = 500;
/** Parents whose children one read gives whole. */
export const MAX_PARENTS = 50;

const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const FRESH_MS = 5_000;

/** Nodes stand in lists by `_id`, the one index that is sure to be there, and it is all but the time of their creation. */
const common = {
  get: { maxKeys: MAX_KEYS },
  list: { order: ORDER, paging: 'offset', maxPage: MAX_PAGE },
  count: null,
  freshnessMs: FRESH_MS,
} as const;

/** Children are read whole, so that any filter on themselves can be applied to them. */
const relation = (target: EntityName): RelationCapability => ({
  maxParents: MAX_PARENTS,
  order: ORDER,
  paging: 'full',
  maxPage: MAX_PAGE,
  filters: ownFilters(target),
  count: 'exact',
});

/** What this source can do. Regressions are not shown, so that there are neither issues nor incidents. */
export function capabilitiesOf(origin: string): Capabilities {
  const keys = `^${origin}:[0-9a-f]{24}$`;
  const buildKeys = `^${origin}:(dummy_)?[0-9a-f]{24}(_[a-z0-9_]+)?$`;
  const checkout: EntityCapability<'checkout'> = {
    ...common,
    filters: { gitCommitHash: ['in', 'prefix'] },
    keys,
  };
  return {
    entities: {
      checkout,
      build: { ...common, filters: {}, keys: buildKeys },
      test: { ...common, filters: {}, keys },
    },
    relations: {
      // No checkout says that it has patches, as the bridge has it.
      checkoutsOfRevision: { ...relation('checkout'), keys: '^[0-9a-fA-F]{40}$' },
      buildsOfCheckout: { ...relation('build'), keys },
      testsOfBuild: { ...relation('test'), keys: buildKeys },
    },
  };
}

/** The filters that read nothing but the object. */
function ownFilters(entity: EntityName): { readonly [field: string]: readonly FilterOperator[] } {
  const own = Object.entries(FILTER_FIELDS[entity]).filter(([, rule]) => rule.of === 'self');
  return Object.fromEntries(own.map(([field, rule]) => [field, rule.operators]));
}
