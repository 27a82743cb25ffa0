import { type Call, issueTie, type PageItem } from '../../contract/adapter.ts';
import { FIELDS, type Field } from '../../contract/fields.ts';
import type { Conflict, ConflictValue, Entities, EntityName, Json } from '../../contract/model.ts';
import { sameJson } from '../../kit/json/json-values.ts';
import { columnName, EXCERPT, hasPresence, objectLiteral, TABLES, type Table, timeText } from '../columns.ts';
import { raw, type Sql } from './sql.ts';

/** A row of the columns that {@link selectOf} names; what was not selected is absent. */
export interface ObjectRow {
  readonly id: string;
  readonly version?: number;
  /** What lists sort by: the time that the object has, or the time of its first load. */
  readonly item_time: string | null;
  readonly conflicts?: readonly ConflictRow[] | null;
  readonly [column: string]: unknown;
}

interface EntityReader<E extends EntityName> {
  /** The output columns of every selection: what the model never leaves null. */
  readonly always: readonly string[];
  /** The output columns of each other field. */
  readonly columns: readonly (readonly [field: string, columns: readonly string[]])[];
  readonly toObject: (row: ObjectRow) => Entities[E];
}

const READERS: { readonly [E in EntityName]: EntityReader<E> } = {
  checkout: readerOf('checkout'),
  build: readerOf('build'),
  test: readerOf('test'),
  issue: readerOf('issue'),
  incident: readerOf('incident'),
};

/** The select list for the fields of a call. Conflicts are compared with the values of all fields, so they need all columns. */
export function selectOf(entity: EntityName, fields: Call['fields']): Sql {
  const { columns, always } = READERS[entity];
  const wanted = columns.flatMap(([field, made]) =>
    fields.has(field) || (fields.has('conflicts') && field !== EXCERPT.field) ? made : [],
  );
  return raw([...always, ...wanted].join(', '));
}

export function toObject<E extends EntityName>(entity: E, row: ObjectRow): Entities[E] {
  return READERS[entity].toObject(row);
}

/** A row at its place in a list. */
export function toItem<E extends EntityName>(entity: E, row: ObjectRow): PageItem<Entities[E]> {
  const tie = row.version === undefined ? row.id : issueTie(row.id, row.version);
  return { object: toObject(entity, row), time: row.item_time, tie };
}

function readerOf<E extends EntityName>(entity: E): EntityReader<E> {
  const table = TABLES[entity];
  const fields = FIELDS[entity];
  const time = table.firstKnown ? 't.sort_time' : `nullif(t.sort_time, '-infinity')`;
  const required = fields.filter(isRequired);
  return {
    always: [...required.map((field) => `t.${columnName(field)}`), timeText(time, 'item_time')],
    columns: fields
      .filter((field) => !isRequired(field) && !isSortTime(field))
      .map((field) => [field.name, selectedColumns(table, field)]),
    toObject: rowReader(fields),
  };
}

function isRequired({ kind }: Field): boolean {
  return kind === 'key' || kind === 'version';
}

/** The time that every selection has already, as `item_time`. */
function isSortTime({ name }: Field): boolean {
  return name === 'startTime';
}

/** The output columns of a field, of the row `t`. */
function selectedColumns(table: Table, field: Field): readonly string[] {
  const column = columnName(field);
  if (field.kind === 'conflicts') return [conflictColumn(table)];
  if (field.kind === 'time') return [timeText(`t.${column}`, column)];
  // Log excerpts are in a table of their own, and are looked up only for the rows of the answer.
  if (field.name === EXCERPT.field) return [`(SELECT l.${column} FROM ${table.logs} l WHERE l.id = t.id) AS ${column}`];
  if (field.merge !== 'parts') return [`t.${column}`];
  const parts = field.parts.map((part) => `t.${columnName(part)}`);
  return hasPresence(field.kind) ? [`t.${column}`, ...parts] : parts;
}

/**
 * The function that makes an object of a row. It is compiled from the table of fields: rows are read by the million, and
 * one object literal with all fields is several times faster than setting them one by one.
 */
function rowReader<E extends EntityName>(fields: readonly Field[]): (row: ObjectRow) => Entities[E] {
  const members = fields
    .filter(({ kind }) => kind !== 'conflicts')
    .map((field) => [field.name, valueCode(field)] as const);
  const make = new Function('withConflicts', `return (row) => withConflicts(${objectLiteral(members)}, row.conflicts)`);
  return make(withConflicts);
}

/** The JavaScript of a field's value, of the variable `row`. */
function valueCode(field: Field): string {
  if (isSortTime(field)) return 'row.item_time';
  const column = `row.${columnName(field)}`;
  if (field.merge !== 'parts') return isRequired(field) ? column : `${column} ?? null`;
  const [first] = field.parts;
  const isSent =
    hasPresence(field.kind) || first === undefined ? `${column} === true` : `(${valueCode(first)}) !== null`;
  const members = field.parts.map((part) => [part.name.slice(field.name.length + 1), valueCode(part)] as const);
  return `${isSent} ? ${objectLiteral(members)} : null`;
}

/** A value that was reported for a field, shown or not. `shown` is only set for a log excerpt, which may not be selected. */
interface ConflictRow {
  readonly field: string;
  readonly value: Json;
  readonly origin: string;
  readonly at: string;
  readonly shown: Json;
}

/** All conflicts of the row in one look-up, in the order in which they were reported. */
function conflictColumn({ entity, logs }: Table): string {
  const shown =
    logs === null
      ? 'null'
      : `CASE WHEN f.field = 'logExcerpt' THEN (SELECT l.log_excerpt FROM ${logs} l WHERE l.id = t.id) END`;
  const version = entity === 'issue' ? 't.version' : '0';
  return `(SELECT json_agg(json_build_object('field', f.field, 'value', f.value, 'origin', f.origin,
    'at', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'shown', ${shown})
    ORDER BY f.field, f.at, f.origin, f.digest)
  FROM conflicts f WHERE f.entity = '${entity}' AND f.id = t.id AND f.version = ${version}) AS conflicts`;
}

/** Adds conflicts field by field, with the value that the object shows first. Changes nothing if they were not selected. */
function withConflicts<T extends { readonly origin: string }>(
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
