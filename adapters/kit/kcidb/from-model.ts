import type { Entities, EntityName } from '../../model.ts';
import { latestRules } from './document-rules.ts';
import { isObject, type KcidbObject } from './kcidb-object.ts';

/**
 * An object of the common model as version 5.3 writes it: snake case, what is null left out, the time of the last change
 * as `_timestamp`. Conflicts are none of KCIDB's and stay behind.
 */
export function fromModel<E extends EntityName>(entity: E, object: Entities[E]): KcidbObject {
  return written(entity, new Map(Object.entries(object)));
}

interface FieldName {
  readonly kcidb: string;
  readonly model: string;
  /** The object that the field holds, where it holds one with fields of its own. */
  readonly object: string | null;
}

function written(name: string, fields: ReadonlyMap<string, unknown>): KcidbObject {
  const result: KcidbObject = {};
  for (const { kcidb, model, object } of fieldNames(name)) {
    const value = fields.get(model);
    if (value === null || value === undefined) continue;
    const isNested = object !== null && isObject(value);
    result[kcidb] = isNested ? written(object, new Map(Object.entries(value))) : value;
  }
  return result;
}

const cache = new Map<string, readonly FieldName[]>();

function fieldNames(name: string): readonly FieldName[] {
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const { objects } = latestRules().version;
  const names = Object.entries(objects[name] ?? {}).map(([kcidb, rule]) => {
    const ruleName = rule.replace('*', '');
    return { kcidb, model: camelCase(kcidb), object: Object.hasOwn(objects, ruleName) ? ruleName : null };
  });
  cache.set(name, names);
  return names;
}

function camelCase(name: string): string {
  return name.replace(/^_/, '').replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
