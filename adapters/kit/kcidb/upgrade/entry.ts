import type { Fault } from '../../../adapter.ts';
import type { KcidbObject, ListName, SentListName } from '../kcidb-object.ts';

/** An object on its way to 5.3. */
export interface UpgradeEntry {
  /** The object's own copy of its fields: steps add, rename and remove there, and replace nested values. */
  readonly object: KcidbObject;
  list: SentListName;
  /** Where the object stood in the document that was sent. */
  readonly place: readonly [SentListName, number];
  /** What the object cannot be upgraded for, in the terms of the version that was sent. */
  readonly faults: Fault[];
  /** Objects that a step makes out of this one. */
  readonly made: { readonly list: ListName; readonly object: KcidbObject }[];
  /** Shared by all objects of the document. */
  readonly document: { hasWaiverIssue: boolean };
}

/** The text of a field that validation found to be a string, or undefined where it is absent. */
export function textOf(object: KcidbObject, field: string): string | undefined {
  const value = object[field];
  return typeof value === 'string' ? value : undefined;
}

/** Gives a field another name, if it is there. */
export function rename(object: KcidbObject, from: string, to: string): void {
  if (!Object.hasOwn(object, from)) return;
  object[to] = object[from];
  delete object[from];
}
