import type { Document } from 'bson';
import type { Status, StatusCounts } from '../kit/author.ts';
import { textOf } from '../kit/mongo/documents.ts';

/** Maps the statuses of a collection to the model's. Others become null. */
export type StatusTable = Readonly<Record<string, Status>>;

/** UNKNOWN and BUILD mean that there is no result. */
export const BUILD_STATUSES: StatusTable = { PASS: 'PASS', FAIL: 'FAIL' };

export const TEST_STATUSES: StatusTable = {
  PASS: 'PASS',
  FAIL: 'FAIL',
  SKIP: 'SKIP',
  ERROR: 'ERROR',
  UNKNOWN: 'SKIP',
};

export const BOOT_STATUSES: StatusTable = { PASS: 'PASS', FAIL: 'FAIL', OFFLINE: 'MISS', UNTRIED: 'SKIP' };

/** A condition for documents whose status maps to one of these. */
export function statusCondition(table: StatusTable, wanted: readonly (Status | null)[]): Document {
  const named = Object.keys(table);
  const fitting = named.filter((name) => wanted.includes(table[name] ?? null));
  if (!wanted.includes(null)) return { status: { $in: fitting } };
  return { status: { $nin: named.filter((name) => !fitting.includes(name)) } };
}

const NONE: StatusCounts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: 0 };
const NAMES: Readonly<Record<Status, keyof StatusCounts>> = {
  PASS: 'pass',
  FAIL: 'fail',
  ERROR: 'error',
  MISS: 'miss',
  DONE: 'done',
  SKIP: 'skip',
};

/** Counts by parent and status. */
export class StatusTally {
  readonly #counts = new Map<string, StatusCounts>();
  readonly #table: StatusTable;

  constructor(table: StatusTable) {
    this.#table = table;
  }

  get counts(): ReadonlyMap<string, StatusCounts> {
    return this.#counts;
  }

  /** @param status as the documents have it */
  add(parent: string, status: unknown, count: number, table: StatusTable = this.#table): void {
    const ours = table[textOf(status) ?? ''];
    const name = ours === undefined ? 'none' : NAMES[ours];
    const before = this.#counts.get(parent) ?? NONE;
    this.#counts.set(parent, { ...before, [name]: before[name] + count, total: before.total + count });
  }
}
