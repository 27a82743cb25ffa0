import { rounded } from '../exact-json.ts';
import { isObject, type KcidbObject } from './kcidb-object.ts';

/**
 * An object of a document that was read with `parseExactJson`: integers keep their digits within `misc` and
 * `environment.misc`, which hold anything, and are doubles in all other fields, as they are stored.
 */
export function exactInMisc(sent: unknown): unknown {
  if (!isObject(sent)) return rounded(sent);
  return withFields(sent, (field, value) =>
    field === 'environment' && isObject(value) ? withFields(value, (_field, inner) => rounded(inner)) : rounded(value),
  );
}

function withFields(object: KcidbObject, change: (field: string, value: unknown) => unknown): KcidbObject {
  let changed = object;
  for (const [field, value] of Object.entries(object)) {
    if (typeof value !== 'object' || field === 'misc') continue;
    const to = change(field, value);
    if (to !== value) changed = { ...changed, [field]: to };
  }
  return changed;
}
