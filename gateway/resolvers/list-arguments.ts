import type { Order } from '../../adapters/adapter.ts';
import { clientError } from '../federation/client-error.ts';

/** The arguments of a list field, as GraphQL coerces them. */
export interface ListArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: object | null;
  readonly orderBy?: Order | null;
  readonly allVersions?: boolean | null;
}

export interface SourcesArgument {
  readonly sources?: readonly string[] | null;
}

const DEFAULT_FIRST = 25;
export const MAX_FIRST = 500;

/** @throws {GraphQLError} BAD_USER_INPUT where `first` is out of bounds: it is refused, never clamped */
export function readFirst({ first }: ListArguments): number {
  const count = first ?? DEFAULT_FIRST;
  if (count >= 0 && count <= MAX_FIRST) return count;
  throw clientError(
    'BAD_USER_INPUT',
    `"first" is ${count}: give a number from 0 to ${MAX_FIRST}, and go on with "after".`,
  );
}
