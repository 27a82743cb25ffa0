import type { Document } from 'bson';

/** The years that the model's times can tell. */
export const FIRST_TIME = new Date('0001-01-01T00:00:00.000Z');
export const LAST_TIME = new Date('9999-12-31T23:59:59.999Z');
/** A time of the model, which has microseconds, as documents have it. */
export interface Instant {
  /** To the millisecond. */
  readonly time: Date;
  readonly isExact: boolean;
}

export function instantOf(time: string): Instant {
  return { time: new Date(`${time.slice(0, 23)}Z`), isExact: time.slice(23, 26) === '000' };
}

/** What comes behind it in a list of the newest first. */
export function before(at: Instant | null): Document {
  if (at === null) return { $gte: FIRST_TIME, $lte: LAST_TIME };
  return at.isExact ? { $gte: FIRST_TIME, $lt: at.time } : { $gte: FIRST_TIME, $lte: at.time };
}

/** What comes behind it in a list of the oldest first. */
export function behind(at: Instant | null): Document {
  return at === null ? { $gte: FIRST_TIME, $lte: LAST_TIME } : { $gt: at.time, $lte: LAST_TIME };
}

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
