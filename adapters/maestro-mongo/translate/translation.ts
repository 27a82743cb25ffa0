import type { Call } from '../../adapter.ts';
import type { Entities, EntityName } from '../../model.ts';
import type { Ids } from '../ids.ts';
import { faultOf } from '../nodes/node.ts';
import type { Suites } from './suites.ts';

/** What of the configuration translating needs. */
export interface TranslationContext {
  readonly ids: Ids;
  readonly suites: Suites;
  /** Addresses of the labs' servers, by runtime. */
  readonly labs: Readonly<Record<string, string>>;
  /** The address of a node's page, but for its id. */
  readonly viewer: string;
}

/** Who asks, for which fields. */
export type Asked = Pick<Call, 'fields' | 'warn'>;

/** Tells a fault of one field of a node. */
export function tellerOf(id: string, { warn }: Asked): (what: string) => void {
  return (what) => warn(faultOf(id, what));
}

/** Whether any of the fields is wanted. Who asks for conflicts is given all that could differ. */
export function wants(fields: ReadonlySet<string>, ...names: readonly string[]): boolean {
  return names.some((name) => fields.has(name)) || fields.has('conflicts');
}

const KEPT: ReadonlySet<string> = new Set(['id', 'origin', 'checkoutId', 'buildId', 'startTime']);

/**
 * The object with null in all fields that nobody asked for: what they are made of was not fetched, so that what stands
 * in them could be wrong.
 */
export function onlyWanted<E extends EntityName>(object: Entities[E], fields: ReadonlySet<string>): Entities[E] {
  if (fields.has('conflicts')) return object;
  const unasked = Object.keys(object).filter((name) => !KEPT.has(name) && !fields.has(name));
  return { ...object, ...Object.fromEntries(unasked.map((name) => [name, null])) };
}
