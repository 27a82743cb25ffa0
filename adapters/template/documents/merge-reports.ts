import { type Entities, type EntityName, fillGaps } from '../../kit/author.ts';

/** Two reports of one object as one, and the later of the two times of change. */
export function mergeReports<E extends EntityName>(first: Entities[E], later: Entities[E]): Entities[E] {
  return { ...fillGaps<Entities[E]>(first, later), timestamp: latest(first.timestamp, later.timestamp) };
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
