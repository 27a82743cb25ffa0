import type { Document } from 'bson';
import type { Status } from '../kit/author.ts';

/** How the statuses of a collection become ours; what is not named is none. */
export type StatusTable = Readonly<Record<string, Status>>;

/** Documents whose status becomes one of these. */
export function statusCondition(table: StatusTable, wanted: readonly (Status | null)[]): Document {
  const named = Object.keys(table);
  const fitting = named.filter((name) => wanted.includes(table[name] ?? null));
  if (!wanted.includes(null)) return { status: { $in: fitting } };
  return { status: { $nin: named.filter((name) => !fitting.includes(name)) } };
}
