import type { Entities, EntityName, StatusCounts } from '../../kit/author.ts';
import type { Row } from '../documents/documents.ts';

const NAMES = { FAIL: 'fail', ERROR: 'error', MISS: 'miss', PASS: 'pass', DONE: 'done', SKIP: 'skip' } as const;

/** How many of the rows have which status; entities without a status are only counted. */
export function countRows(rows: readonly Row<Entities[EntityName]>[]): StatusCounts {
  const counts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: rows.length };
  for (const { object } of rows) {
    if ('status' in object) counts[object.status === null ? 'none' : NAMES[object.status]] += 1;
  }
  return counts;
}
