import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import { idAt, msOf } from '../../kit/mongo/documents.ts';

/** Clocks of the machines that make ids differ by less. */
const EARLIER_MS = 3_600_000;

/**
 * The ranges of `_id` in which all below some nodes lies, since nothing below a node is older than it, nor much younger.
 * Ranges that touch are one.
 */
export function windowsBelow(ids: readonly string[], lifetimeMs: number): Filter<Document> {
  const ranges: { from: number; to: number }[] = [];
  const starts = ids.map(msOf).toSorted((one, other) => one - other);
  for (const start of starts) {
    const range = { from: start - EARLIER_MS, to: start + lifetimeMs };
    const last = ranges.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = range.to;
    else ranges.push(range);
  }
  return { $or: ranges.map(({ from, to }) => ({ _id: { $gte: idAt(from), $lt: idAt(to) } })) };
}
