/** The SQL of an entity's fields: for each, the output columns that it is made of, of the row `t`. */
export type ColumnsOf<T> = { readonly [F in keyof Required<T>]: readonly string[] };

/** A time as the model has it; it never leaves the server as anything but this text, since a Date loses microseconds. */
export function timeText(expression: string, name: string): string {
  return `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${name}`;
}

export function plain(...names: readonly string[]): readonly string[] {
  return names.map((name) => `t.${name}`);
}

/** Log excerpts lie apart, and are most of all bytes: looked up only for the rows that are given. */
export function logColumn(table: string): readonly string[] {
  return [`(SELECT l.log_excerpt FROM ${table} l WHERE l.id = t.id) AS log_excerpt`];
}
