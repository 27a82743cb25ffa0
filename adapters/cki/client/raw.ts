import { isExactInteger, type Json, type JsonObject } from '../../kit/author.ts';

/** A record as the DataWarehouse gives it. */
export type Raw = JsonObject;

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}

/** What a JSON parser gave is nothing but JSON. */
export function isJson(value: unknown): value is Json {
  return value !== undefined;
}

/** A text that says something; the DataWarehouse writes an empty one where there is nothing. */
export function textOf(raw: Raw, key: string): string | null {
  const value = raw[key];
  return typeof value === 'string' && value !== '' ? value : null;
}
