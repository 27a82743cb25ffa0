import type { StoredObject } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import { FIELDS, type Field } from '../../contract/fields.ts';
import type { EntityName, Json, Resource } from '../../contract/model.ts';
import { normaliseUrl } from '../../contract/time-and-url.ts';
import { columnName, hasPresence, objectLiteral } from '../columns.ts';

/** The values that a report has of an object, by column (`columns.ts`). Absent columns were not reported. */
export type Row = { readonly [column: string]: Json | undefined };

/** An object of the model as a row: key, columns, log excerpt. What is null is left out. */
export function toRow({ entity, object }: StoredObject): Row {
  const row = WRITERS[entity](object);
  return entity === 'checkout' ? withDerived(row) : row;
}

/** Adds the columns that are derived from others: the form of the repository URL that is compared. */
export function withDerived(row: Row): Row {
  const url = row.git_repository_url;
  return typeof url === 'string' ? { ...row, repository_key: normaliseUrl(url) } : row;
}

const WRITERS: { readonly [E in EntityName]: (object: StoredObject['object']) => Row } = {
  checkout: rowWriter('checkout'),
  build: rowWriter('build'),
  test: rowWriter('test'),
  issue: rowWriter('issue'),
  incident: rowWriter('incident'),
};

/** The function that makes a row of an object, compiled from the table of fields as `read/objects.ts` compiles its own. */
function rowWriter(entity: EntityName): (object: StoredObject['object']) => Row {
  const stored = FIELDS[entity].filter(({ kind, name }) => kind !== 'conflicts' && name !== 'timestamp');
  const members = stored.flatMap((field) => columnValues(field));
  return new Function('files', `return (object) => (${objectLiteral(members)})`)(files);
}

/** The columns of a field with the JavaScript of their values, of the variable `object`. */
function columnValues(field: Field): readonly (readonly [column: string, value: string])[] {
  const value = `object.${field.name.replaceAll('.', '?.')}`;
  if (field.merge === 'parts') {
    const presence = [columnName(field), `${value} === null ? undefined : true`] as const;
    return [...(hasPresence(field.kind) ? [presence] : []), ...field.parts.flatMap(columnValues)];
  }
  const read = field.kind === 'resources' ? `files(${value})` : `${value} ?? undefined`;
  return [[columnName(field), read]];
}

function files(list: readonly Resource[] | null): Json | undefined {
  return list?.map(({ name, url }) => ({ name, url }));
}

/** In bytes. An index entry holds 2,704: a parent's id, the time and the object's id. */
const MAX_ID_BYTES = 1000;
const MAX_ORIGIN_BYTES = 255;

const IDS = ['id', 'checkout_id', 'build_id', 'test_id', 'issue_id'];

/** @throws {SourceError} SOURCE_BAD_DATA where an id or origin is longer than the store's indexes can hold. */
export function checkKeyLengths(row: Row): void {
  for (const name of IDS) check(row, name, MAX_ID_BYTES);
  check(row, 'origin', MAX_ORIGIN_BYTES);
}

function check(row: Row, name: string, limit: number): void {
  const value = row[name];
  // A character is three bytes at most, counted in units of UTF-16.
  if (typeof value !== 'string' || value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return;
  const cut = `${value.slice(0, 100)}…`;
  throw new SourceError(
    'SOURCE_BAD_DATA',
    `The ${name} ${JSON.stringify(cut)} has ${Buffer.byteLength(value)} bytes, and the store takes ${limit} at most.`,
    { id: cut },
  );
}
