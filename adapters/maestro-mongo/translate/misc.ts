import { isExactInteger } from '../../kit/exact-json.ts';
import { toJson } from '../../kit/mongo/documents.ts';
import type { Json, JsonObject } from '../../model.ts';

/** Members under KernelCI's own names. What is null is left out, at any depth; empty lists stay. */
export function miscOf(members: Readonly<Record<string, unknown>>): JsonObject {
  const json = withoutNulls(toJson(members));
  return typeof json === 'object' && json !== null && !isList(json) ? json : {};
}

/** As deep as `toJson` goes, which cuts what nests deeper. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null || isExactInteger(value)) return value;
  if (isList(value)) return value.map(withoutNulls);
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
