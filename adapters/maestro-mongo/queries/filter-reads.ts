/** The fields of the model that filters of another name read. */
const READ_BY: Readonly<Record<string, string>> = { platform: 'environment', compatible: 'environment' };

/** The fields that are asked for, and those that a filter reads beside them. */
export function withFilterFields(fields: ReadonlySet<string>, where: object | null): ReadonlySet<string> {
  if (where === null) return fields;
  return new Set([...fields, ...Object.keys(where).map((field) => READ_BY[field] ?? field)]);
}
