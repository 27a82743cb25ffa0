import type { DocumentFault } from './document-objects.ts';

/** `ndjson`: one document a line. */
export type DocumentFormat = 'json' | 'ndjson';

/** A text of KCIDB documents for the reading thread. */
export interface ReaderJob {
  readonly text: Uint8Array | string;
  readonly format: DocumentFormat;
  /** Reading stops behind so many objects. */
  readonly maxObjects: number;
}

/** What the reading thread answers: some objects, any number of times, then the end. */
export type ReaderAnswer =
  /** As JSON: the copy of a message would lose the digits of great integers. */
  | { readonly objects: string }
  | {
      /** The first of the faults. */
      readonly faults: readonly DocumentFault[];
      readonly faultCount: number;
      /** The text is no JSON: half written, or something else altogether. */
      readonly isBroken: boolean;
      /** There were more objects than `maxObjects`. */
      readonly isCutShort: boolean;
    };
