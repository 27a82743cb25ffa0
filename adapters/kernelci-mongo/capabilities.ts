import { type Capabilities, NO_PARENT, type Order, type RelationCapability } from '../kit/author.ts';
import type { Ids } from './ids.ts';
import { MAX_COMMITS } from './queries/checkout-queries.ts';

const ORDER: readonly Order[] = ['NEWEST', 'OLDEST'];
const MAX_KEYS = 1000;
/** The live system stopped in 2024. */
const FRESHNESS_MS = 300_000;

/** Only what an index of the system serves is declared here; the README names it for each. */
export function capabilitiesOf(ids: Ids): Capabilities {
  const { patterns } = ids;
  const common = { get: { maxKeys: MAX_KEYS }, count: null, freshnessMs: FRESHNESS_MS } as const;
  const byTime = { order: ORDER, paging: 'keyset', maxPage: 500 } as const;
  const byId = { order: ORDER, paging: 'offset', maxPage: 200 } as const;
  const below = { order: ORDER, paging: 'full', maxPage: 500, filters: {}, count: null } as const;
  const relation = (maxParents: number, keys: string, more: Partial<RelationCapability> = {}): RelationCapability => ({
    ...below,
    maxParents,
    keys,
    ...more,
  });
  return {
    entities: {
      checkout: {
        ...common,
        get: { maxKeys: MAX_COMMITS },
        list: { ...byId, maxPage: MAX_COMMITS },
        filters: { id: ['in'], gitCommitHash: ['in', 'prefix'] },
        keys: patterns.checkout,
      },
      build: {
        ...common,
        list: byTime,
        filters: {
          id: ['in'],
          checkoutId: ['in'],
          gitCommitHash: ['in'],
          status: ['in'],
          architecture: ['in'],
          startTime: ['range'],
        },
        keys: patterns.build,
      },
      test: {
        ...common,
        list: byTime,
        filters: { id: ['in'], buildId: ['in'], status: ['in'], startTime: ['range'] },
        keys: patterns.test,
      },
      // A regression names the commits between which it began, and no cause or fix.
      issue: {
        ...common,
        list: byId,
        filters: {},
        keys: patterns.issue,
        parents: { issuesOfRevision: NO_PARENT },
      },
      incident: { ...common, list: byId, filters: {}, keys: patterns.incident },
    },
    relations: {
      checkoutsOfRevision: relation(MAX_COMMITS, '^[0-9a-fA-F]{40}$'),
      buildsOfCheckout: relation(20, patterns.checkout, {
        filters: { status: ['in'], architecture: ['in'], startTime: ['range'] },
        count: 'exact',
      }),
      testsOfBuild: relation(100, patterns.build, {
        filters: { status: ['in'], startTime: ['range'] },
        count: 'exact',
      }),
      incidentsOfBuild: relation(100, patterns.build),
      incidentsOfTest: relation(500, patterns.test),
      incidentsOfIssue: relation(50, patterns.issue),
      versionsOfIssue: relation(500, patterns.issue),
    },
  };
}
