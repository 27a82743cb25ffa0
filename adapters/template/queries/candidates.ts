import { comparePlaces, type Entities, type EntityName, type Filter, type Order } from '../../kit/author.ts';
import type { Documents, Row } from '../documents/documents.ts';

/** The rows that a filter can fit, sorted, and the part of the filter that is still to be applied. */
export interface Candidates<E extends EntityName> {
  readonly rows: readonly Row<Entities[E]>[];
  readonly where: Filter<E> | null;
}

type Lookup<E extends EntityName> = (documents: Documents, key: string) => readonly Row<Entities[E]>[] | undefined;

/** Filters that an index answers, the most telling first: by any other every row is looked at. */
const LOOKUPS: { readonly [E in EntityName]: Readonly<Record<string, Lookup<E>>> } = {
  checkout: {
    id: ({ tables }, id) => rowOf(tables.checkout.byKey.get(id)),
    gitCommitHash: ({ indices }, hash) => indices.checkoutsOfCommit.get(hash.toLowerCase()),
  },
  build: {
    id: ({ tables }, id) => rowOf(tables.build.byKey.get(id)),
    checkoutId: ({ indices }, id) => indices.buildsOfCheckout.get(id),
  },
  test: {
    id: ({ tables }, id) => rowOf(tables.test.byKey.get(id)),
    buildId: ({ indices }, id) => indices.testsOfBuild.get(id),
  },
  issue: {
    id: ({ indices }, id) => indices.versionsOfIssue.get(id),
  },
  incident: {
    id: ({ tables }, id) => rowOf(tables.incident.byKey.get(id)),
    testId: ({ indices }, id) => indices.incidentsOfTest.get(id),
    buildId: ({ indices }, id) => indices.incidentsOfBuild.get(id),
    issueId: ({ indices }, id) => indices.incidentsOfIssue.get(id),
  },
};

export function candidates<E extends EntityName>(
  documents: Documents,
  entity: E,
  order: Order,
  where: Filter<E> | null,
): Candidates<E> {
  const lookups: Readonly<Record<string, Lookup<E>>> = LOOKUPS[entity];
  for (const [field, lookup] of Object.entries(lookups)) {
    const filter: unknown = where === null ? undefined : Reflect.get(where, field);
    const keys = keysOf(filter);
    if (keys === null || where === null) continue;
    const rows = [...keys].flatMap((key) => lookup(documents, key) ?? []);
    return { rows: rows.sort((one, other) => comparePlaces(order, one, other)), where: without(where, field) };
  }
  return { rows: documents.rows(entity, order), where };
}

/** The keys that a filter consists of; null where it says more, or something else. */
function keysOf(filter: unknown): ReadonlySet<string> | null {
  if (typeof filter !== 'object' || filter === null || Object.keys(filter).join() !== 'in') return null;
  const wanted: unknown = Reflect.get(filter, 'in');
  return Array.isArray(wanted) ? new Set(wanted.filter((key) => typeof key === 'string')) : null;
}

function without<E extends EntityName>(where: Filter<E>, field: string): Filter<E> | null {
  const rest: Filter<E> = { ...where };
  Reflect.deleteProperty(rest, field);
  return Object.keys(rest).length === 0 ? null : rest;
}

function rowOf<T>(row: T | undefined): readonly T[] {
  return row === undefined ? [] : [row];
}
