import { comparePlaces, type Order, type Place } from '../../kit/author.ts';

export interface ChildPage<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}

/** The children of one parent behind a place, from all that it has. */
export function childPage<T extends Place>(
  children: readonly T[],
  { order, first, after }: { readonly order: Order; readonly first: number; readonly after: Place | null },
): ChildPage<T> {
  const behind = after === null ? children : children.filter((child) => comparePlaces(order, child, after) > 0);
  const sorted = behind.toSorted((one, other) => comparePlaces(order, one, other));
  return { rows: sorted.slice(0, first), hasMore: sorted.length > first };
}
