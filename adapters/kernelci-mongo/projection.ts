/** The fields of documents that each field of the model is made from; what is not named here costs nothing. */
export type FieldSources = Readonly<Record<string, readonly string[]>>;

/** What a statement asks for: `always`, and what the selected fields of the model need. */
export function projectionOf(
  always: readonly string[],
  sources: FieldSources,
  fields: ReadonlySet<string>,
): Readonly<Record<string, 1>> {
  const names = [...always];
  for (const field of fields) names.push(...(sources[field] ?? []));
  return Object.fromEntries(names.map((name) => [name, 1]));
}
