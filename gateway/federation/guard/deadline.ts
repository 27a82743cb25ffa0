import { SourceError } from '../../../adapters/errors.ts';

/** Who waits, and how long. */
export interface Wait {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;

const expiries = new WeakSet<object>();

/** Whether a signal aborted since the time was over, and not since somebody left. */
export function isExpiry(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && expiries.has(reason);
}

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
  const end = (message: string, isExpiry: boolean) => {
    const error = new SourceError('SOURCE_TIMEOUT', message);
    if (isExpiry) expiries.add(error);
    controller.abort(error);
    reject(error);
  };
  const onAbort = () => end('The request ended before the source answered.', false);
  if (wait.signal.aborted) throw new SourceError('SOURCE_TIMEOUT', 'The request ended before the source was asked.');
  wait.signal.addEventListener('abort', onAbort, { once: true });
  const left = Math.min(Math.max(0, deadline - now), LONGEST_WAIT);
  const timer = setTimeout(() => end(`The source did not answer within ${left / 1000} s.`, true), left);
  try {
    return await Promise.race([run({ signal: controller.signal, deadline }), ended]);
  } finally {
    clearTimeout(timer);
    wait.signal.removeEventListener('abort', onAbort);
  }
}
