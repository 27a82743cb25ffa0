import { isSaid } from '../../adapters/kit/fill-gaps.ts';
import { normaliseUrl } from '../../adapters/kit/normalise-url.ts';
import { sameJson } from '../../adapters/kit/same-json.ts';
import type { Conflict, ConflictValue, Entities, EntityName, Json } from '../../adapters/model.ts';
import type { Copy } from './merge-objects.ts';
import { compareUtf8 } from './place-order.ts';

/** What says who an object is, or when a source changed its copy; and the log, which is too large to compare. */
const NOT_COMPARED = new Set(['id', 'version', 'timestamp', 'conflicts', 'logExcerpt']);
/** Merged field by field, and so compared field by field. */
const OPENED = new Set(['environment', 'culprit', 'misc', 'environment.misc']);

/**
 * The fields on which reports differ: those that the sources' own merges found, and those on which the sources differ.
 * The value shown in the object comes first. An empty text or list differs from nothing.
 * @param copies in the order in which they merge
 */
export function conflictsOf(copies: readonly Copy<Entities[EntityName]>[]): readonly Conflict[] {
  if (copies.length === 1 && (copies[0]?.object.conflicts?.length ?? 0) === 0) return [];
  const byField = new Map<string, ConflictValue[]>();
  for (const { source, object } of copies) {
    const own = new Map((object.conflicts ?? []).map((conflict) => [conflict.field, conflict.values]));
    for (const [field, value] of comparedFields(object)) {
      const plain = { value, source: source.name, origin: object.origin, at: null };
      const values = own.get(field)?.map((one) => ({ ...one, source: one.source ?? source.name })) ?? [plain];
      own.delete(field);
      add(byField, field, values);
    }
    // What the source shows as null or empty, though somebody told it a value.
    for (const [field, values] of own) {
      add(
        byField,
        field,
        values.map((one) => ({ ...one, source: one.source ?? source.name })),
      );
    }
  }
  const conflicts: Conflict[] = [];
  for (const [field, all] of byField) {
    const values = shownFirst(field, all);
    if (values.some((one) => !isSame(field, one.value, values[0]?.value ?? null))) conflicts.push({ field, values });
  }
  // The order of fields within an object is its adapter's affair.
  return conflicts.sort((a, b) => compareUtf8(a.field, b.field));
}

/** What one copy does not say, another may show. */
function shownFirst(field: string, values: readonly ConflictValue[]): readonly ConflictValue[] {
  const said = values.filter(({ value }) => isSaid(value, isInMisc(field)));
  // Only what a copy shows has no time.
  const first = said.find(({ at }) => at === null) ?? values[0];
  return first === undefined ? [] : [first, ...said.filter((one) => one !== first)];
}

function isInMisc(field: string): boolean {
  return /^(environment\.)?misc\./.test(field);
}

function add(byField: Map<string, ConflictValue[]>, field: string, values: readonly ConflictValue[]): void {
  const known = byField.get(field);
  if (known === undefined) byField.set(field, [...values]);
  else known.push(...values);
}

/** The values that are known, by their path in the model. */
function comparedFields(object: Entities[EntityName]): readonly (readonly [string, Json])[] {
  const fields: (readonly [string, Json])[] = [];
  const visit = (value: object, path: string) => {
    for (const [key, child] of Object.entries(value)) {
      const field = path === '' ? key : `${path}.${key}`;
      if (!isSaid(child, isInMisc(field)) || NOT_COMPARED.has(field)) continue;
      if (OPENED.has(field) && typeof child === 'object') visit(child, field);
      else fields.push([field, child]);
    }
  };
  visit(object, '');
  return fields;
}

function isSame(field: string, a: Json, b: Json): boolean {
  if (field === 'gitRepositoryUrl' && typeof a === 'string' && typeof b === 'string') {
    return normaliseUrl(a) === normaliseUrl(b);
  }
  return sameJson(a, b);
}
