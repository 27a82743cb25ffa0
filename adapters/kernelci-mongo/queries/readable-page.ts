import type { Page, PageItem, Place } from '../../kit/author.ts';

const ROUNDS = 12;
const MOST_ROWS = 500;

export interface Rows<R extends Place> {
  readonly rows: readonly R[];
  readonly hasMore: boolean;
}

/**
 * A page of what can be understood: rows that cannot are passed over, and more are read in their place, in growing
 * stretches, so that a page ends where the list does or is full.
 */
export async function readablePage<R extends Place, T>(
  { first, after }: { readonly first: number; readonly after: Place | null },
  fetch: (stretch: { readonly first: number; readonly after: Place | null }) => Promise<Rows<R>>,
  made: (rows: readonly R[]) => Promise<ReadonlyMap<string, T>>,
): Promise<Page<T>> {
  const items: PageItem<T>[] = [];
  let place = after;
  let size = first;
  for (let round = 0; round < ROUNDS; round++) {
    const { rows, hasMore } = await fetch({ first: size, after: place });
    const objects = await made(rows);
    for (const { time, tie } of rows) {
      const object = objects.get(tie);
      if (object !== undefined) items.push({ object, time, tie });
    }
    if (items.length >= first || !hasMore) {
      return { items: items.slice(0, first), hasMore: hasMore || items.length > first };
    }
    place = rows.at(-1) ?? place;
    size = Math.min(MOST_ROWS, 2 * size);
  }
  return { items, hasMore: true };
}
