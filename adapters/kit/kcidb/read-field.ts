import { type JsonObject, type Resource, STATUSES, type Status } from '../../model.ts';
import { normaliseTime } from '../normalise-time.ts';
import { isObject, type KcidbObject } from './kcidb-object.ts';

/** Reads a field of a valid object of version 5.3: null where it is absent. */
export const readField = {
  text: (object: KcidbObject, field: string): string | null => {
    const value = object[field];
    return typeof value === 'string' ? value : null;
  },
  /** @throws {TypeError} where it is absent, which validation rules out. */
  requiredText: (object: KcidbObject, field: string): string => {
    const value = object[field];
    if (typeof value !== 'string')
      throw new TypeError(`"${field}" is missing: only a valid object has a place in the model.`);
    return value;
  },
  /** @throws {TypeError} where it is absent, which validation rules out. */
  requiredNumber: (object: KcidbObject, field: string): number => {
    const value = object[field];
    if (typeof value !== 'number')
      throw new TypeError(`"${field}" is missing: only a valid object has a place in the model.`);
    return value;
  },
  time: (object: KcidbObject, field: string): string | null => {
    const value = object[field];
    return typeof value === 'string' ? normaliseTime(value) : null;
  },
  number: (object: KcidbObject, field: string): number | null => {
    const value = object[field];
    return typeof value === 'number' ? value : null;
  },
  boolean: (object: KcidbObject, field: string): boolean | null => {
    const value = object[field];
    return typeof value === 'boolean' ? value : null;
  },
  texts: (object: KcidbObject, field: string): string[] | null => {
    const value: unknown = object[field];
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : null;
  },
  files: (object: KcidbObject, field: string): Resource[] | null => {
    const value: unknown = object[field];
    if (!Array.isArray(value)) return null;
    return value.filter(isObject).map((file) => ({
      name: readField.requiredText(file, 'name'),
      url: readField.requiredText(file, 'url'),
    }));
  },
  status: (object: KcidbObject, field: string): Status | null =>
    STATUSES.find((status) => status === object[field]) ?? null,
  misc: (object: KcidbObject, field: string): JsonObject | null => {
    const value = object[field];
    return isJsonObject(value) ? value : null;
  },
  nested: <T>(object: KcidbObject, field: string, read: (nested: KcidbObject) => T): T | null => {
    const value = object[field];
    return isObject(value) ? read(value) : null;
  },
};

/** What a JSON parser gave as an object holds nothing but JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value);
}
