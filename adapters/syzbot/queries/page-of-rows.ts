import {
  comparePlaces,
  type Entities,
  type EntityName,
  issueTie,
  type Page,
  type PageItem,
  type PageQuery,
} from '../../kit/author.ts';
import type { LearntEntry } from '../../kit/background-index.ts';

/** A row in its place; issues have a tie of their own for each version. */
export function itemOf<E extends EntityName>(object: Entities[E], time: string | null): PageItem<Entities[E]> {
  const tie = 'version' in object ? issueTie(object.id, object.version) : object.id;
  return { object, time, tie };
}

/** Children of one parent, all of which are at hand: sorted, and sought in. */
export function pageOfRows<E extends EntityName>(
  rows: readonly PageItem<Entities[E]>[],
  { order, first, after }: PageQuery<E>,
): Page<Entities[E]> {
  const sorted = rows.toSorted((one, other) => comparePlaces(order, one, other));
  const behind = after === null ? sorted : sorted.filter((row) => comparePlaces(order, row, after) > 0);
  return { items: behind.slice(0, first), hasMore: behind.length > first };
}

/** The object of an entry of that kind: the index keeps each kind by itself. */
export function recordOf<E extends EntityName>(_kind: E, entry: LearntEntry<Entities[EntityName]>): Entities[E];
export function recordOf(_kind: EntityName, { record }: LearntEntry<Entities[EntityName]>): Entities[EntityName] {
  return record;
}
