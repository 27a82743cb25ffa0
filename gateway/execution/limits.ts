/** How much one request may ask for, and how many are worked on. */
export interface Limits {
  /** Levels of fields; introspection has its own limit. */
  readonly depth: number;
  /** Aliases, counted again where a fragment is spread again. */
  readonly aliases: number;
  /** Tokens of the document. */
  readonly tokens: number;
  /** Objects that the page sizes allow. */
  readonly cost: number;
  /** Values in a list of a filter or of another argument. */
  readonly values: number;
  /** Bytes of the document's text. */
  readonly textBytes: number;
  /** Bytes of a body, after decompression. */
  readonly bodyBytes: number;
  /** Bytes of a body at /graphql, after decompression; `bodyBytes` where that is smaller. */
  readonly graphqlBytes: number;
  /** Requests that are worked on at once, whatever their route; a few more wait for a moment. */
  readonly inFlight: number;
  /** Bytes of memory that all requests together hold: bodies, rows of sources, and answers that were not taken yet. */
  readonly inFlightBytes: number;
  /** Milliseconds that a query may take; submissions may take as long as they need. */
  readonly deadline: number;
}

/** Levels of fields of an introspection query. */
export const INTROSPECTION_DEPTH = 20;

/** Brackets within brackets, whatever they hold: deeper texts would overflow the stack of a recursive parser. */
export const NESTING = 500;

/** Lines of the document's text. */
export const LINES = 10_000;

/** Fields of one name in one selection set, as selection sets merge. */
export const REPEATED_FIELDS = 200;

/** What comparing the fields of one name may take in all, in the unit of `RepeatedFields`: about 50 ms. */
export const FIELD_COMPARISONS = 500_000;

/** Values of any kind in the JSON of one request: each takes far more memory than text. */
export const JSON_VALUES = 50_000;

/** Objects and lists within each other in the JSON of one request. */
export const JSON_NESTING = 64;

/** Fields of one object in a variable that is not JSON: several times as many as the largest input type has. */
export const VARIABLE_FIELDS = 200;
