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
  /** Bytes of a body, after decompression. */
  readonly bodyBytes: number;
  /** Bytes of a body at /graphql, after decompression; `bodyBytes` where that is smaller. */
  readonly graphqlBytes: number;
  /** Requests that are worked on at once, whatever their route; a few more wait for a moment. */
  readonly inFlight: number;
  /** Milliseconds that a query may take; submissions may take as long as they need. */
  readonly deadline: number;
}

/** Levels of fields of an introspection query. */
export const INTROSPECTION_DEPTH = 20;

/** Brackets within brackets, whatever they hold: deeper texts would overflow the stack of a recursive parser. */
export const NESTING = 500;
