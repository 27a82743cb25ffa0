import type { DocumentFault } from './document-objects.ts';

/** `ndjson`: one document a line. */
export type DocumentFormat = 'json' | 'ndjson';

/** KCIDB documents for the reading thread. */
export interface ReaderJob {
  /** The bytes, or the descriptor of a file that stays open until the job is done. */
  readonly document: Uint8Array | { readonly file: number; readonly offset: number };
  readonly format: DocumentFormat;
  /** Reading stops behind so many objects. */
  readonly maxObjects: number;
  /** Reading stops behind so many bytes that the objects take in memory, about. */
  readonly maxBytes: number;
}

/** How the reading of documents ended. */
export interface ReaderEnd {
  /** The first of the faults; what they name is left out. */
  readonly faults: readonly DocumentFault[];
  readonly faultCount: number;
  readonly documentCount: number;
  /** The text, or a line of it, is not JSON: half written, or something else altogether. */
  readonly isBroken: boolean;
  /** The limit that the rest went beyond; null where all was read. */
  readonly cutBy: 'maxObjects' | 'maxBytes' | null;
  /** About how many bytes the objects take in memory. */
  readonly keptBytes: number;
}
