import type { Filter } from '../filter.ts';
import type { EntityName } from '../model.ts';

/** A filter of any field: the operators that `filter.ts` knows. */
export interface AnyFilter {
  readonly in?: readonly (string | number | boolean | null)[];
  readonly prefix?: string;
  readonly under?: string;
  readonly contains?: string;
  readonly from?: string | number;
  readonly to?: string | number;
  readonly is?: boolean | { readonly [layer: string]: boolean | null };
}
export type AnyWhere = ReadonlyMap<string, AnyFilter>;

/** The fields that filter at all. */
export function fieldsOf<E extends EntityName>(where: Filter<E> | null): AnyWhere {
  const fields = new Map<string, AnyFilter>();
  for (const [name, value] of Object.entries(where ?? {})) {
    const filter: AnyFilter | null | undefined = value;
    if (filter !== null && filter !== undefined) fields.set(name, filter);
  }
  return fields;
}

/** The values of a list that the database can hold, each once. */
export function textsOf(filter: AnyFilter): readonly string[] {
  return [...new Set(filter.in?.filter((value) => typeof value === 'string'))].filter(isStorableText);
}

/** Whether PostgreSQL can hold a text at all: what holds a NUL or half a surrogate pair fits nothing and is not sent. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
