import { isExactInteger } from '../exact-json.ts';

/** An object of a KCIDB document as JSON has it: snake case, absent fields absent. */
export type KcidbObject = Record<string, unknown>;

/** The lists of version 5.3. */
export type ListName = 'checkouts' | 'builds' | 'tests' | 'issues' | 'incidents';

/** The lists of any version: up to 3.0 there were revisions in the place of checkouts. */
export type SentListName = ListName | 'revisions';

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is KcidbObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}
