import type { Entities, EntityName } from '../../adapters/model.ts';
import type { FieldSet } from './field-set.ts';
import type { Source } from './registry.ts';

/** What an adapter fetches only where it is asked for: null in an object that came along does not say that it has none. */
export const LARGE_FIELDS = [
  'logExcerpt',
  'misc',
  'environment',
  'conflicts',
  'patchsetFiles',
  'inputFiles',
  'outputFiles',
] as const;

type ByKey = { readonly [E in EntityName]: Map<string, Entities[E]> };

/** Objects that came along with answers in this request, by source. */
export class IncludedObjects {
  readonly #bySource = new Map<string, ByKey>();

  keep<E extends EntityName>(source: Source, entity: E, key: string, object: Entities[E]): void {
    let byKey = this.#bySource.get(source.name);
    if (byKey === undefined) {
      byKey = { checkout: new Map(), build: new Map(), test: new Map(), issue: new Map(), incident: new Map() };
      this.#bySource.set(source.name, byKey);
    }
    const objects: Map<string, Entities[E]> = byKey[entity];
    objects.set(key, object);
  }

  /** The object, where it has all that is asked for. */
  find<E extends EntityName>(source: Source, entity: E, key: string, fields: FieldSet): Entities[E] | null {
    const objects: Map<string, Entities[E]> | undefined = this.#bySource.get(source.name)?.[entity];
    const object = objects?.get(key);
    if (object === undefined) return null;
    const values: Readonly<Record<string, unknown>> = { ...object };
    return LARGE_FIELDS.some((field) => fields.names.has(field) && (values[field] ?? null) === null) ? null : object;
  }
}
