import {
  type Capabilities,
  type EntityCapability,
  type EntityName,
  NO_PARENT,
  type Order,
  type RelationCapability,
} from '../kit/author.ts';
import type { CkiOptions } from './options.ts';

const NEWEST: readonly Order[] = ['NEWEST'];
/** Commits are looked up in the index on disk, which costs no request: as many at once as are asked. */
const MAX_COMMITS = 500;

/** What the source can do, as it is configured: one request a thing, lists in the order of the DataWarehouse. */
export function capabilitiesOf({ origin, pageSize, freshness }: CkiOptions): Capabilities {
  // The places before a page are read along with it: both should come in one request.
  const maxPage = Math.max(1, pageSize - 4);
  const id = `^${origin}:`;
  // The DataWarehouse has numbers of its own too, by which it finds the same things.
  const idOrNumber = `^(${origin}:|[0-9]{1,15}$)`;
  const entity = <E extends EntityName>(keys: string): EntityCapability<E> => ({
    get: { maxKeys: 1 },
    list: null,
    filters: {},
    count: null,
    freshnessMs: freshness,
    keys,
  });
  const list = { order: NEWEST, paging: 'offset', maxPage } as const;
  const relation: RelationCapability = { maxParents: 1, ...list, count: null, keys: id };
  return {
    entities: {
      checkout: { ...entity<'checkout'>(idOrNumber), list, filters: { gitCommitHash: ['in', 'prefix'] } },
      build: entity<'build'>(idOrNumber),
      test: entity<'test'>(idOrNumber),
      // An issue of the DataWarehouse names no commit as its cause or fix.
      issue: { ...entity<'issue'>(idOrNumber), list, parents: { issuesOfRevision: NO_PARENT } },
      incident: { ...entity<'incident'>(id), parents: { incidentsOfIssue: id } },
    },
    relations: {
      checkoutsOfRevision: {
        maxParents: MAX_COMMITS,
        order: ['NEWEST', 'OLDEST'],
        paging: 'full',
        maxPage: 1000,
        count: null,
      },
      buildsOfCheckout: relation,
      testsOfBuild: relation,
      incidentsOfBuild: relation,
      incidentsOfTest: relation,
      versionsOfIssue: { ...relation, keys: `^([0-9]{1,16}@)?${origin}:` },
    },
  };
}
