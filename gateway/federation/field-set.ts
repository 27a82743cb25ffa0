import { MODEL_FIELDS } from '../../adapters/contract/fields.ts';
import type { Entities, EntityName } from '../../adapters/contract/model.ts';

/** What a client selected below a field, by field names (aliases and type conditions are already resolved away). */
export interface Selection {
  readonly fields: ReadonlySet<string>;
  /** The selection below one of the fields; an empty one where it is not selected or has nothing below it. */
  below(field: string): Selection;
}

/** The fields of an entity that are asked for, and a text that is the same for the same fields. */
export interface FieldSet {
  readonly names: ReadonlySet<string>;
  readonly key: string;
  /** The global id is selected; it is made here, and not worth making for nobody. */
  readonly showsNodeId?: boolean;
}

/** What names an object, or tells of its copies; and the log, which is too large to compare. */
const NOT_COMPARED = new Set(['id', 'origin', 'timestamp', 'conflicts', 'logExcerpt']);

/** The fields on which sources can disagree, and which all are asked for where conflicts are. */
function comparedFields(entity: EntityName): readonly string[] {
  return Object.keys(MODEL_FIELDS[entity]).filter((field) => !NOT_COMPARED.has(field));
}

/** What no object is without. */
const IDENTITY_FIELDS: { readonly [E in EntityName]: readonly (keyof Entities[E] & string)[] } = {
  checkout: ['id', 'origin'],
  build: ['id', 'origin', 'checkoutId'],
  test: ['id', 'origin', 'buildId'],
  issue: ['id', 'origin', 'version'],
  incident: ['id', 'origin', 'issueId', 'issueVersion'],
};

/** What a field of the schema is made from, where that is not the field of the same name. */
const MADE_FROM: Readonly<Record<string, readonly string[]>> = {
  verdict: ['status'],
  checkout: ['checkoutId'],
  revision: ['gitCommitHash', 'patchsetHash'],
  build: ['buildId'],
  test: ['testId'],
  issue: ['issueId', 'issueVersion'],
};

/** What to ask of sources for what is selected of an object. Where conflicts are, everything but the log is compared. */
export function fieldSet(entity: EntityName, selected: Iterable<string>, more: Iterable<string> = []): FieldSet {
  const names = new Set<string>(IDENTITY_FIELDS[entity]);
  const known: Readonly<Record<string, unknown>> = MODEL_FIELDS[entity];
  const isKnown = (field: string) => Object.hasOwn(known, field);
  let showsNodeId = false;
  for (const field of selected) {
    if (field === 'nodeId') showsNodeId = true;
    // Of a selection over several types some fields are other types'.
    if (!isKnown(field) && MADE_FROM[field]?.every(isKnown) !== true) continue;
    for (const name of MADE_FROM[field] ?? [field]) names.add(name);
    if (field === 'conflicts') for (const name of comparedFields(entity)) names.add(name);
  }
  for (const name of more) names.add(name);
  return { names, key: [...names].sort().join(' '), showsNodeId };
}
