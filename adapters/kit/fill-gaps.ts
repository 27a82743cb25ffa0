import { isExactInteger } from '../contract/exact-json.ts';
import { ownerOf } from '../contract/keys.ts';
import type { Entities, EntityName } from '../contract/model.ts';

/**
 * The first of two reports of one object, with what only the second says. An empty text or list says as little as null.
 * `environment`, `culprit` and the `misc`s are filled key by key; a measurement and its unit belong together.
 */
export function fillGaps<T extends Entities[EntityName]>(object: T, other: T): T {
  const merged = { ...object };
  for (const key of keys(other)) merged[key] = filledField(key, object[key], other[key]);
  return merged;
}

/** Whether a value says anything. A list within misc is a value like any other, an empty one too. */
export function isSaid(value: unknown, isInMisc = false): boolean {
  if (value === null || value === undefined || value === '') return false;
  return isInMisc || !Array.isArray(value) || value.length > 0;
}

/** Reports in their order, but those that are of the origin that the id names before all others. */
export function ownersFirst<R>(reports: readonly R[], objectOf: (report: R) => Entities[EntityName]): readonly R[] {
  const isOwners = (report: R) => objectOf(report).origin === ownerOf(objectOf(report).id);
  if (reports.length < 2 || !reports.some(isOwners)) return reports;
  return [...reports.filter(isOwners), ...reports.filter((report) => !isOwners(report))];
}

/** Object.keys as the type of the object tells them: an object of the model has no other keys. */
function keys<T extends object>(object: T): (keyof T)[] {
  return Object.keys(object) as (keyof T)[];
}

function filledField<V>(key: PropertyKey, value: V, other: V): V {
  if (!isSaid(value)) return isSaid(other) ? other : (value ?? other);
  if (!isKeyed(value) || !isKeyed(other)) return value;
  if (key === 'misc') return filledMisc(value, other);
  return key === 'environment' || key === 'culprit' ? filledObject(value, other) : value;
}

function filledObject<T extends object>(value: T, other: T): T {
  const merged = { ...value };
  for (const key of keys(other)) merged[key] = filledField(key, value[key], other[key]);
  return merged;
}

/** One level deep. */
function filledMisc<T extends object>(value: T, other: T): T {
  const merged = new Map(Object.entries(value));
  for (const [key, item] of Object.entries(other)) {
    const known: unknown = merged.get(key);
    if (!isSaid(known, true) && (isSaid(item, true) || known === null || known === undefined)) merged.set(key, item);
  }
  // Spreading defines keys such as `__proto__`, where assigning them would not.
  return { ...value, ...Object.fromEntries(merged) };
}

function isKeyed(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}
