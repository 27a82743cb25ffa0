import { type Entities, type EntityName, fillGaps } from '../../kit/author.ts';
import type { Pace } from './pace.ts';

/** The reports of one object, in their order, as one: neighbours in pairs, so that no report is copied once for each of the others. */
export async function mergeAll<E extends EntityName>(
  reports: readonly [Entities[E], ...Entities[E][]],
  pace: Pace,
): Promise<Entities[E]> {
  let merged: readonly Entities[E][] = reports;
  while (merged.length > 1) {
    const pairs: Entities[E][] = [];
    for (const [place, first] of merged.entries()) {
      if (place % 2 === 1) continue;
      const later = merged[place + 1];
      pairs.push(later === undefined ? first : mergeReports<E>(first, later));
      await pace.breathe();
    }
    merged = pairs;
  }
  return merged[0] ?? reports[0];
}

/** Two reports of one object as one, and the later of the two times of change. */
function mergeReports<E extends EntityName>(first: Entities[E], later: Entities[E]): Entities[E] {
  return { ...fillGaps<Entities[E]>(first, later), timestamp: latest(first.timestamp, later.timestamp) };
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
