import { STATUSES, type Status, type StatusCounts } from '../../adapters/model.ts';

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

export function verdictOf(status: Status | null): Verdict {
  return status === 'PASS' || status === 'FAIL' ? status : 'INCONCLUSIVE';
}

/** Counts with the status of the group: the one of highest priority among its members, null where none has one. */
export interface StatusSummary extends StatusCounts {
  readonly status: Status | null;
  readonly verdict: Verdict;
}

const COUNT_OF = { FAIL: 'fail', ERROR: 'error', MISS: 'miss', PASS: 'pass', DONE: 'done', SKIP: 'skip' } as const;

export function summarise(counts: StatusCounts): StatusSummary {
  const status = STATUSES.find((one) => counts[COUNT_OF[one]] > 0) ?? null;
  return { ...counts, status, verdict: verdictOf(status) };
}

export const NO_COUNTS: StatusCounts = {
  pass: 0,
  fail: 0,
  error: 0,
  miss: 0,
  done: 0,
  skip: 0,
  none: 0,
  total: 0,
};

export function addCounts(a: StatusCounts, b: StatusCounts): StatusCounts {
  return {
    pass: a.pass + b.pass,
    fail: a.fail + b.fail,
    error: a.error + b.error,
    miss: a.miss + b.miss,
    done: a.done + b.done,
    skip: a.skip + b.skip,
    none: a.none + b.none,
    total: a.total + b.total,
  };
}

/** How many have which status. What has none counts as such. */
export function countStatuses(statuses: Iterable<Status | null>): StatusCounts {
  const counts = { ...NO_COUNTS };
  for (const status of statuses) {
    counts[status === null ? 'none' : COUNT_OF[status]] += 1;
    counts.total += 1;
  }
  return counts;
}
