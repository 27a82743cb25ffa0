import { type Entities, type EntityName, fillGaps, ownersFirst } from '../../kit/author.ts';

/** Two reports of one object as one, and the later of the two times of change. */
export function mergeReports<E extends EntityName>(first: Entities[E], later: Entities[E]): Entities[E] {
  const [base = first, ...others] = ownersFirst<Entities[E]>([first, later], (report) => report);
  const merged = others.reduce((object, other) => fillGaps<Entities[E]>(object, other), base);
  return { ...merged, timestamp: latest(first.timestamp, later.timestamp) };
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
