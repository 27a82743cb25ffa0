import type { Document } from 'bson';
import type { Status } from '../../kit/author.ts';

/** Half-open, as the model has times: documents have milliseconds, the model microseconds. */
export function timeCondition(range: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): Document {
  const condition: Document = {};
  if (range.from !== undefined) condition.$gte = ceiling(range.from);
  if (range.to !== undefined) condition.$lt = ceiling(range.to);
  return condition;
}

/** The first millisecond that is not before a time. */
function ceiling(time: string): Date {
  const floor = Date.parse(`${time.slice(0, 23)}Z`);
  return new Date(time.slice(23, 26) === '000' ? floor : floor + 1);
}

/** How statuses of documents become ours: those that are named, and all others none. */
export type StatusTable = Readonly<Record<string, Status>>;

/** Documents whose status becomes one of these. */
export function statusCondition(table: StatusTable, wanted: readonly (Status | null)[]): Document {
  const named = Object.keys(table);
  const fitting = named.filter((name) => wanted.includes(table[name] ?? null));
  if (!wanted.includes(null)) return { status: { $in: fitting } };
  const others = named.filter((name) => !fitting.includes(name));
  return { status: { $nin: others } };
}
