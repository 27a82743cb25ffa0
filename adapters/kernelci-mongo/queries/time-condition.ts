import type { Document } from 'bson';
import { FIRST_TIME, LAST_TIME } from './time-page.ts';

/** Half-open, as the model has times: documents have milliseconds, the model microseconds. */
export function timeCondition(range: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): Document {
  const { from, to } = range;
  return {
    $gte: from === undefined ? FIRST_TIME : ceiling(from),
    ...(to === undefined ? { $lte: LAST_TIME } : { $lt: ceiling(to) }),
  };
}

/** The first millisecond that is not before a time. */
function ceiling(time: string): Date {
  const floor = Date.parse(`${time.slice(0, 23)}Z`);
  return new Date(time.slice(23, 26) === '000' ? floor : floor + 1);
}
