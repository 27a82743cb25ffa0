import type { EntityName } from '../model.ts';

interface Table {
  readonly name: string;
  readonly hasStatus: boolean;
  /** What breaks equal times. */
  readonly tie: string;
  /** Whether some have no time to be sorted by. */
  readonly mayLackTime: boolean;
}

/** How each entity lies in the database. */
export const TABLES: { readonly [E in EntityName]: Table } = {
  checkout: { name: 'checkouts', hasStatus: false, tie: 't.id', mayLackTime: true },
  build: { name: 'builds', hasStatus: true, tie: 't.id', mayLackTime: true },
  test: { name: 'tests', hasStatus: true, tie: 't.id', mayLackTime: true },
  issue: { name: 'issues', hasStatus: false, tie: 't.tie', mayLackTime: false },
  incident: { name: 'incidents', hasStatus: false, tie: 't.id', mayLackTime: false },
};
