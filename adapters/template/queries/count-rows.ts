import { type Entities, type EntityName, isPlaceholder, type StatusCounts } from '../../kit/author.ts';
import type { Row } from '../documents/documents.ts';

const NAMES = { FAIL: 'fail', ERROR: 'error', MISS: 'miss', PASS: 'pass', DONE: 'done', SKIP: 'skip' } as const;

/** How many of the rows have which status, without placeholder builds; entities without a status are only counted. */
export function countRows(rows: readonly Row<Entities[EntityName]>[]): StatusCounts {
  const counts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: 0 };
  for (const { object } of rows) {
    if ('checkoutId' in object && isPlaceholder(object.id)) continue;
    counts.total += 1;
    if ('status' in object) counts[object.status === null ? 'none' : NAMES[object.status]] += 1;
  }
  return counts;
}
