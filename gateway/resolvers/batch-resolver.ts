import type { RequestContext } from '../federation/request-context.ts';
import type { Selection } from '../federation/selection.ts';

export type ResponsePath = readonly (string | number)[];

/** The field that is being resolved. */
export interface ResolvedField {
  /** What is selected below it. */
  readonly selection: Selection;
  /** Where the value of the parent at this index will stand in the response. */
  path(index: number): ResponsePath;
}

/**
 * Resolves one relation for all parents of a level in one call. The answer has one value a parent, in their order; an
 * Error as a value fails that parent's field alone. Under an executor that goes parent by parent, the calls are
 * collected first (`execution/batch-to-field-resolver.ts`).
 */
export type BatchResolver<Parent, Args, Value> = (
  parents: readonly Parent[],
  args: Args,
  context: RequestContext,
  field: ResolvedField,
) => Promise<readonly (Value | Error)[]>;
