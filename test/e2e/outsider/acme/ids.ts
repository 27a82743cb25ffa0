import type { EntityName, Keys } from 'kcigraph/adapter';

/** What Acme calls what we know. It has no issues and no incidents. */
export const KINDS: { readonly [E in EntityName]?: string } = { checkout: 'run', build: 'job', test: 'result' };

/** Acme counts from 1 in each list; an id of ours is unique only together with the kind. */
export function idOf(entity: EntityName, number: number): string {
  return `acme:${KINDS[entity]}-${number}`;
}

/** The ids that Acme can hold: others are not asked of it. */
export function keysOf(entity: EntityName): Keys {
  return { origins: ['acme'], pattern: patternOf(entity) };
}

function patternOf(entity: EntityName): string {
  return `^acme:${KINDS[entity]}-[1-9][0-9]{0,11}$`;
}

/** Acme's own number; null for an id that is none of Acme's. */
export function numberOf(entity: EntityName, id: string): number | null {
  return new RegExp(patternOf(entity)).test(id) ? Number(id.slice(id.lastIndexOf('-') + 1)) : null;
}
