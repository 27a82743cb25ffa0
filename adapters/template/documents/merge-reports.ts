import type { Entities, EntityName, JsonObject } from '../../kit/author.ts';

/**
 * Two reports of one object as one: each field from the first report that has it, `misc` and `environment.misc` key by
 * key, and the later of the two times of change.
 */
export function mergeReports<E extends EntityName>(first: Entities[E], later: Entities[E]): Entities[E] {
  const merged: Entities[E] = { ...first, ...Object.fromEntries(gaps(first, later)) };
  const timestamp = latest(first.timestamp, later.timestamp);
  const misc = mergeMisc(first.misc, later.misc);
  return { ...merged, timestamp, misc, ...mergedEnvironment(first, later) };
}

/** The fields that only the later report has. */
function gaps(first: object, later: object): readonly (readonly [string, unknown])[] {
  return Object.entries(later).filter(([field, value]) => value !== null && Reflect.get(first, field) === null);
}

function mergedEnvironment(first: Entities[EntityName], later: Entities[EntityName]): object {
  if (!('environment' in first && 'environment' in later) || !first.environment || !later.environment) return {};
  const filled = { ...first.environment, ...Object.fromEntries(gaps(first.environment, later.environment)) };
  return { environment: { ...filled, misc: mergeMisc(first.environment.misc, later.environment.misc) } };
}

function mergeMisc(first: JsonObject | null, later: JsonObject | null): JsonObject | null {
  if (first === null || later === null) return first ?? later;
  const added = Object.entries(later).filter(([key]) => !Object.hasOwn(first, key));
  return added.length === 0 ? first : { ...first, ...Object.fromEntries(added) };
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
