import type { EntityName } from '../model.ts';
import type { Keyset } from './keyset.ts';

interface Table {
  readonly name: string;
  readonly hasStatus: boolean;
  readonly keyset: Keyset;
}

/** How each entity lies in the database. */
export const TABLES: { readonly [E in EntityName]: Table } = {
  checkout: { name: 'checkouts', hasStatus: false, keyset: timed() },
  build: { name: 'builds', hasStatus: true, keyset: timed() },
  test: { name: 'tests', hasStatus: true, keyset: timed() },
  issue: { name: 'issues', hasStatus: false, keyset: { time: 't.sort_time', tie: 't.tie', mayLackTime: false } },
  incident: {
    name: 'incidents',
    hasStatus: false,
    keyset: { time: 't.sort_time', tie: 't.id', mayLackTime: false },
  },
};

function timed(): Keyset {
  return { time: 't.sort_time', tie: 't.id', mayLackTime: true };
}
