import type { Json, JsonObject } from '../model.ts';
import { isExactInteger, isSameNumber } from './exact-json.ts';

/** Whether two JSON values are equal, keys in any order; with a list of its own, so that depth costs no stack. */
export function sameJson(left: unknown, right: unknown): boolean {
  const pairs: (readonly [unknown, unknown])[] = [[left, right]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = pair;
    if (Object.is(a, b) || a === b) continue;
    if (isExactInteger(a) || isExactInteger(b)) {
      if (!isSameNumber(a, b)) return false;
      continue;
    }
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const entries = Object.entries(a);
    const others = new Map<string, unknown>(Object.entries(b));
    if (entries.length !== others.size) return false;
    for (const [key, value] of entries) {
      if (!others.has(key)) return false;
      pairs.push([value, others.get(key)]);
    }
  }
  return true;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) && !isExactInteger(value);
}
