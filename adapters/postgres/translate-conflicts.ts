import { sameJson } from '../kit/same-json.ts';
import type { Conflict, ConflictValue, EntityName, Json } from '../model.ts';

/** What a report said of a field, be it shown or not; `shown` only for a log excerpt, which the object may come without. */
export interface ConflictRow {
  readonly field: string;
  readonly value: Json;
  readonly origin: string;
  readonly at: string;
  readonly shown: Json;
}

/** All conflicts of the row in one look-up, in the order in which they came. */
export function conflictColumn(entity: EntityName, logs: string | null): readonly string[] {
  const shown =
    logs === null
      ? 'null'
      : `CASE WHEN f.field = 'logExcerpt' THEN (SELECT l.log_excerpt FROM ${logs} l WHERE l.id = t.id) END`;
  const version = entity === 'issue' ? 't.version' : '0';
  return [
    `(SELECT json_agg(json_build_object('field', f.field, 'value', f.value, 'origin', f.origin,
    'at', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'shown', ${shown})
    ORDER BY f.field, f.at, f.origin, f.digest)
  FROM conflicts f WHERE f.entity = '${entity}' AND f.id = t.id AND f.version = ${version}) AS conflicts`,
  ];
}

/** The object with its conflicts, field by field, the value that it shows first. As it is where they were not selected. */
export function withConflicts<T extends { readonly origin: string }>(
  object: T,
  rows: readonly ConflictRow[] | null | undefined,
): T & { readonly conflicts?: readonly Conflict[] } {
  if (rows === null || rows === undefined) return object;
  const byField = new Map<string, ConflictValue[]>();
  for (const { field, value, origin, at, shown: excerpt } of rows) {
    const shown = excerpt ?? shownAt(object, field);
    if (value === '' || sameJson(value, shown)) continue;
    let values = byField.get(field);
    if (values === undefined) {
      values = [{ value: shown, source: null, origin: object.origin, at: null }];
      byField.set(field, values);
    }
    values.push({ value, source: null, origin, at });
  }
  return { ...object, conflicts: [...byField].map(([field, values]) => ({ field, values })) };
}

/** `misc.a.b` is the key `a.b` of misc: below a misc, a path does not go on. */
function shownAt(object: object, field: string): Json {
  const match = /^(environment\.misc|misc)\.(.*)$/s.exec(field);
  const path = match === null ? field.split('.') : [...(match[1] ?? '').split('.'), match[2] ?? ''];
  let value: unknown = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return null;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return isJson(value) ? value : null;
}

/** What a field of the model holds is JSON; undefined is a field that is not there. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}
