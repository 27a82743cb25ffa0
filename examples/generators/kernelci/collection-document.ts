import type { Document } from 'bson';

/** A document and where it lies. */
export interface CollectionDocument<Name extends string = string> {
  readonly collection: Name;
  readonly document: Document;
}
