/** What a client selected below a field, by field names (aliases and type conditions are already resolved away). */
export interface Selection {
  readonly fields: ReadonlySet<string>;
  /** The selection below one of the fields; an empty one where it is not selected or has nothing below it. */
  below(field: string): Selection;
}
