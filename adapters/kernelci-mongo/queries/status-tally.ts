import type { Status, StatusCounts } from '../../kit/author.ts';
import { textOf } from '../../kit/mongo/documents.ts';
import type { StatusTable } from '../status-table.ts';

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
