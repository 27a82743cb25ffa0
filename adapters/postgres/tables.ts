import type { EntityName } from '../model.ts';
import type { Keyset } from './keyset.ts';

interface Table {
  readonly name: string;
  /** Where its log excerpts lie. */
  readonly logs: string | null;
  readonly hasStatus: boolean;
  readonly keyset: Keyset;
}

/** How each entity lies in the database. */
export const TABLES: { readonly [E in EntityName]: Table } = {
  checkout: { name: 'checkouts', logs: 'checkout_logs', hasStatus: false, keyset: timed() },
  build: { name: 'builds', logs: 'build_logs', hasStatus: true, keyset: timed() },
  test: { name: 'tests', logs: 'test_logs', hasStatus: true, keyset: timed() },
  issue: {
    name: 'issues',
    logs: null,
    hasStatus: false,
    keyset: { time: 't.sort_time', tie: 't.id', mayLackTime: false },
  },
  incident: {
    name: 'incidents',
    logs: null,
    hasStatus: false,
    keyset: { time: 't.sort_time', tie: 't.id', mayLackTime: false },
  },
};

/** All versions of an issue: the id alone does not tell them apart. */
export const ISSUE_VERSIONS: Keyset = { time: 't.sort_time', tie: 't.tie', mayLackTime: false };

function timed(): Keyset {
  return { time: 't.sort_time', tie: 't.id', mayLackTime: true };
}
