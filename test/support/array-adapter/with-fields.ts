import type { Entities, EntityName } from '../../../adapters/contract/model.ts';

/** What costs a source something to fetch: given only where it was asked for. */
export const COSTLY_FIELDS = ['logExcerpt', 'misc', 'patchsetFiles', 'inputFiles', 'outputFiles'] as const;

/** The object with null in the costly fields that nobody asked for. */
export function withFields<E extends EntityName>(object: Entities[E], fields: ReadonlySet<string>): Entities[E] {
  const missing = COSTLY_FIELDS.filter((field) => field in object && !fields.has(field)).map((field) => [field, null]);
  const copy: Entities[E] = { ...object, ...Object.fromEntries(missing) };
  if (!fields.has('conflicts')) Reflect.deleteProperty(copy, 'conflicts');
  return copy;
}
