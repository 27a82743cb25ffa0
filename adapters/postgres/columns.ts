import { FIELDS, type Field, type FieldKind, type MergeRule } from '../contract/fields.ts';
import type { EntityName } from '../contract/model.ts';

type ColumnType = 'text' | 'boolean' | 'bigint' | 'double precision' | 'timestamptz' | 'text[]' | 'jsonb';

/** A column that holds what reports say of a field. */
export interface Column {
  readonly name: string;
  /** The path in the common model. */
  readonly field: string;
  readonly type: ColumnType;
  /** `present`: an object was sent, even if none of its fields was. */
  readonly merge: MergeRule | 'present';
}

/** How an entity is stored. */
export interface Table {
  readonly entity: EntityName;
  readonly name: string;
  /** The columns of the primary key. */
  readonly key: readonly ('id' | 'version')[];
  /** The columns of a report, without the key and the log excerpt. */
  readonly columns: readonly Column[];
  /** The table of log excerpts: they make up most of the bytes and are read least. */
  readonly logs: string | null;
  /** The objects have no start time, so the time of their first load is stored and sorts them. */
  readonly firstKnown: boolean;
  readonly hasStatus: boolean;
  /** The column of the row `t` that breaks equal times. */
  readonly tie: string;
}

const TYPES: { readonly [K in FieldKind]?: ColumnType } = {
  version: 'bigint',
  texts: 'text[]',
  time: 'timestamptz',
  number: 'double precision',
  boolean: 'boolean',
  resources: 'jsonb',
  object: 'jsonb',
};

/** The column of a field; of an object that a field holds, the column that says whether it was sent. */
export function columnName({ name, path, kind }: Field): string {
  if (name === 'timestamp') return 'timestamp';
  return hasPresence(kind) ? `${path}_present` : path.replaceAll('.', '_');
}

/** The type of the column of a field that holds no object. */
export function columnType({ kind }: Field): ColumnType {
  return TYPES[kind] ?? 'text';
}

/** An environment or a culprit without any field is an object all the same; a number always has a value. */
export function hasPresence(kind: FieldKind): boolean {
  return kind === 'environment' || kind === 'culprit';
}

function columnsOf(fields: readonly Field[]): readonly Column[] {
  return fields.flatMap((field) => {
    const { name, kind, merge, parts } = field;
    if (merge === 'none' || name === EXCERPT.field) return [];
    if (merge !== 'parts') return [{ name: columnName(field), field: name, type: columnType(field), merge }];
    const presence: Column = { name: columnName(field), field: name, type: 'boolean', merge: 'present' };
    return [...(hasPresence(kind) ? [presence] : []), ...columnsOf(parts)];
  });
}

function tableOf(entity: EntityName): Table {
  const has = (field: string) => FIELDS[entity].some(({ name }) => name === field);
  return {
    entity,
    name: `${entity}s`,
    key: has('version') ? ['id', 'version'] : ['id'],
    columns: columnsOf(FIELDS[entity]),
    logs: has(EXCERPT.field) ? `${entity}_logs` : null,
    firstKnown: !has('startTime'),
    hasStatus: has('status'),
    tie: has('version') ? 't.tie' : 't.id',
  };
}

export const EXCERPT: Column = { name: 'log_excerpt', field: 'logExcerpt', type: 'text', merge: 'first' };

export const TABLES: { readonly [E in EntityName]: Table } = {
  checkout: tableOf('checkout'),
  build: tableOf('build'),
  test: tableOf('test'),
  issue: tableOf('issue'),
  incident: tableOf('incident'),
};

/** The order in which every transaction takes its locks, table by table. */
export const LOAD_ORDER = ['checkout', 'build', 'test', 'issue', 'incident'] as const satisfies readonly EntityName[];

/** The SQL of a time as the model has it: text, since a Date loses microseconds. */
export function timeText(expression: string, name: string): string {
  return `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${name}`;
}

/** The JavaScript of an object whose members have these values. */
export function objectLiteral(members: readonly (readonly [name: string, value: string])[]): string {
  return `{ ${members.map(([name, value]) => `${name}: ${value}`).join(', ')} }`;
}
