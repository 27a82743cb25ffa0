import type { Conflict, Entities, EntityName, JsonObject } from '../../adapters/model.ts';
import { conflictsOf } from './conflicts.ts';
import type { FieldSet } from './field-set.ts';
import { keyOf, nodeId, TYPE_NAMES } from './identity.ts';
import type { Source } from './registry.ts';
import { SCOPE, type Scope, type Scoped } from './scope.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** What one source says of an object. Adapters' objects are shared: they are never changed. */
export interface Copy<T> {
  readonly source: Source;
  readonly object: T;
  /** By which lists sort it; null also where it was not asked for. */
  readonly time: string | null;
}

interface ShownFields extends Scoped {
  readonly __typename: string;
  /** Empty where it is not selected. */
  readonly nodeId: string;
  readonly sources: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** Of builds and tests. */
  readonly verdict?: Verdict;
}

/** An object in the shape of the schema. */
export type Shown<E extends EntityName> = Entities[E] & ShownFields;

/**
 * The copies of one object as one: field by field the first that is not null, by priority. `environment`, `culprit` and
 * the `misc`s merge key by key, as they do in a store; a measurement and its unit belong together.
 * @param copies by priority, at least one
 */
export function mergeObjects<E extends EntityName>(
  entity: E,
  copies: readonly Copy<Entities[E]>[],
  fields: FieldSet,
  scope: Scope,
): Shown<E> {
  const [first, ...others] = copies;
  if (first === undefined) throw new Error(`No copy of a ${entity} was given to merge.`);
  const object =
    others.length === 0 ? first.object : others.reduce((so, { object }) => filled(so, object), first.object);
  return {
    ...object,
    __typename: TYPE_NAMES[entity],
    nodeId: fields.showsNodeId ? nodeId(TYPE_NAMES[entity], keyOf(object)) : '',
    sources: copies.map(({ source }) => source.name),
    conflicts: fields.names.has('conflicts') ? conflictsOf(copies) : [],
    ...('status' in object ? { verdict: verdictOf(object.status) } : {}),
    [SCOPE]: scope,
  };
}

/** The first object, with what only the second knows. */
function filled<T extends Entities[EntityName]>(object: T, other: T): T {
  const merged = { ...object };
  for (const key of keys(other)) merged[key] = filledField(key, object[key], other[key]);
  return merged;
}

/** Object.keys as the type of the object tells them: an object of the model has no other keys. */
function keys<T extends object>(object: T): (keyof T)[] {
  return Object.keys(object) as (keyof T)[];
}

function filledField<V>(key: PropertyKey, value: V, other: V): V {
  if (value === null || value === undefined) return other;
  if (typeof value !== 'object' || typeof other !== 'object' || other === null) return value;
  if (key === 'culprit') return filledObject(value, other);
  if (key === 'misc') return filledObject(value, other);
  if (key === 'environment') {
    const environment = filledObject(value, other);
    return { ...environment, ...miscOf(value, other) };
  }
  return value;
}

/** `misc` of two environments. */
function miscOf(value: object, other: object): { readonly misc?: JsonObject } {
  const [mine, theirs] = [Reflect.get(value, 'misc'), Reflect.get(other, 'misc')];
  return isObject(mine) && isObject(theirs) ? { misc: filledObject(mine, theirs) } : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Key by key. Spreading defines keys such as `__proto__`, where assigning them would not. */
function filledObject<T extends object>(value: T, other: T): T {
  const known = Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined));
  return { ...value, ...other, ...known };
}
