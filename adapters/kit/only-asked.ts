import type { Entities, EntityName } from '../model.ts';

/** Fields that cost a source, or the way from it: given only where they are selected. */
const COSTLY_FIELDS = ['logExcerpt', 'misc', 'patchsetFiles', 'inputFiles', 'outputFiles'] as const;

/** The object with null in the costly fields that were not asked for, for adapters that get them whether they want or not. */
export function onlyAsked<E extends EntityName>(object: Entities[E], fields: ReadonlySet<string>): Entities[E] {
  const unasked = COSTLY_FIELDS.filter((field) => field in object && !fields.has(field)).map((field) => [field, null]);
  const copy: Entities[E] = { ...object, ...Object.fromEntries(unasked) };
  if (!fields.has('conflicts')) Reflect.deleteProperty(copy, 'conflicts');
  return copy;
}
