import type { Document } from 'bson';

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
