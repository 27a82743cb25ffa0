import { SourceError } from '../../../adapters/contract/errors.ts';

/** Who waits, and how long. */
export interface Wait {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** The time was over; nobody left before. */
export class DeadlineExpired extends SourceError {}

/**
 * Runs a call that ends in time, whether or not the one that is called keeps to it: at the deadline, or when nobody
 * waits any more, its signal aborts and the promise rejects at once.
 * @param timeout milliseconds that the source is given, within the deadline of the request
 * @throws {SourceError} SOURCE_TIMEOUT, also where it was the request that ended first
 */
export async function withinDeadline<T>(wait: Wait, timeout: number, run: (wait: Wait) => Promise<T>): Promise<T> {
  const now = Date.now();
  const deadline = Math.min(wait.deadline, now + timeout);
  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (error: SourceError) => {
    controller.abort(error);
    reject(error);
  };
  const onAbort = () => end(new SourceError('SOURCE_TIMEOUT', 'The request ended before the source answered.'));
  const expire = () => end(new DeadlineExpired('SOURCE_TIMEOUT', `The source did not answer within ${left / 1000} s.`));
  if (wait.signal.aborted) throw new SourceError('SOURCE_TIMEOUT', 'The request ended before the source was asked.');
  wait.signal.addEventListener('abort', onAbort, { once: true });
  const left = Math.min(Math.max(0, deadline - now), LONGEST_WAIT);
  const timer = setTimeout(expire, left);
  try {
    return await Promise.race([run({ signal: controller.signal, deadline }), ended]);
  } finally {
    clearTimeout(timer);
    wait.signal.removeEventListener('abort', onAbort);
  }
}

/** How long the gateway waits for what, in milliseconds, beside what is configured (a source's `timeout`, the `deadline`). */
export const WAIT_MS = {
  /** One request, at each source, for reads that are only good to have: other sources gave the object already. */
  optionalReads: 3_000,
  /** Longer than a source's time-out, so that the guard, which knows more of the fault, ends a call first. */
  behindTheGuard: 50,
  /** A source, to show that it is there after a call met its time-out. */
  probe: 2_000,
  /** A source, to say how it is for /ready. */
  health: 3_000,
  /** Beyond the deadline, to put together what the sources gave until then. */
  afterDeadline: 500,
} as const;
