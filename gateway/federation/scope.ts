import { clientError, quoted } from './client-error.ts';
import type { Registry, Source } from './registry.ts';

/** Which sources a root field asks, for itself and for everything below it. */
export interface Scope {
  /** By priority. */
  readonly sources: readonly Source[];
  /** The client named them, and so hears of what they cannot do. */
  readonly isNamed: boolean;
}

/** Where an object keeps its scope: no field of the schema can have this name. */
export const SCOPE = Symbol('scope');

/** An object that remembers which sources everything below it is asked of. */
export interface Scoped {
  readonly [SCOPE]: Scope;
}

export function scopeOf(object: Scoped): Scope {
  return object[SCOPE];
}

/**
 * @param names of the `sources` argument; null where it was not given
 * @throws {GraphQLError} BAD_USER_INPUT where there is no source of a name
 */
export function selectScope(registry: Registry, names: readonly string[] | null | undefined): Scope {
  if (names === null || names === undefined) return registry.everything;
  for (const name of names) {
    if (registry.get(name) !== undefined) continue;
    const known = registry.sources.map((source) => source.name).join(', ');
    throw clientError('BAD_USER_INPUT', `There is no source ${quoted(name)}; there are: ${known}.`);
  }
  const wanted = new Set(names);
  return { sources: registry.sources.filter((source) => wanted.has(source.name)), isNamed: true };
}
