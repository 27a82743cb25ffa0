import type { Entities, EntityName, Status, StatusCounts } from '../../model.ts';

const NAMES: Readonly<Record<Status, Exclude<keyof StatusCounts, 'none' | 'total'>>> = {
  FAIL: 'fail',
  ERROR: 'error',
  MISS: 'miss',
  PASS: 'pass',
  DONE: 'done',
  SKIP: 'skip',
};

/** How many have which status; entities without one are only counted. */
export function countStatuses(objects: readonly Entities[EntityName][]): StatusCounts {
  const counts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: objects.length };
  for (const object of objects) {
    if ('status' in object) counts[object.status === null ? 'none' : NAMES[object.status]] += 1;
  }
  return counts;
}
