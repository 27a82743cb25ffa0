import type { EntityName } from '../../model.ts';
import type { ListName } from './kcidb-object.ts';

/** The entity of the common model that each list of a document holds. */
export const ENTITY_OF = {
  checkouts: 'checkout',
  builds: 'build',
  tests: 'test',
  issues: 'issue',
  incidents: 'incident',
} as const satisfies Readonly<Record<ListName, EntityName>>;

/** The list of a document that holds an entity of the common model. */
export const LIST_OF = {
  checkout: 'checkouts',
  build: 'builds',
  test: 'tests',
  issue: 'issues',
  incident: 'incidents',
} as const satisfies Readonly<Record<EntityName, ListName>>;
