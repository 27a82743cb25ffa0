import type { Capabilities, EntityCapability, EntityName, Order, RelationCapability } from 'kcigraph/adapter';
import { patternOf } from './ids.ts';

/** Acme gives 100 rows a request at most: a page, the three rows by which its place is found, and one more to know of. */
export const ROWS_PER_REQUEST = 100;
const MAX_PAGE = ROWS_PER_REQUEST - 4;
const MAX_KEYS = 50;
/** Newest first is all that Acme's lists know. */
const ORDER: readonly Order[] = ['NEWEST'];

const common = (entity: EntityName) =>
  ({
    get: { maxKeys: MAX_KEYS },
    list: { order: ORDER, paging: 'offset', maxPage: MAX_PAGE },
    count: null,
    freshnessMs: 30_000,
    keys: patternOf(entity),
  }) as const;

const checkout: EntityCapability<'checkout'> = {
  ...common('checkout'),
  filters: { id: ['in'], gitCommitHash: ['in'], treeName: ['in'] },
};
const build: EntityCapability<'build'> = { ...common('build'), filters: { id: ['in'], checkoutId: ['in'] } };
const test: EntityCapability<'test'> = { ...common('test'), filters: { id: ['in'], buildId: ['in'] } };

/** Acme lists the children of one parent a request. */
const below = (parent: EntityName | null): RelationCapability => ({
  maxParents: 1,
  order: ORDER,
  paging: 'offset',
  maxPage: MAX_PAGE,
  count: null,
  ...(parent === null ? {} : { keys: patternOf(parent) }),
});

export const capabilities: Capabilities = {
  entities: { checkout, build, test },
  relations: {
    checkoutsOfRevision: below(null),
    buildsOfCheckout: below('checkout'),
    testsOfBuild: below('build'),
  },
};
