import type { ExecutionResult } from 'graphql';
import { clientError } from '../federation/client-error.ts';
import { WAIT_MS } from '../federation/wait-times.ts';

/** Milliseconds, as the deadline of what has none: a timer can still be set to it. */
const A_DAY = 86_400_000;

/** Until when the work of a request goes on. */
export interface WorkLimits {
  /** Aborts when the client has gone or the deadline is over. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Aborts when nobody waits for the answer any more: the client has gone, or the grace after the deadline is over. */
  readonly over: AbortSignal;
}

/**
 * Runs `work` with a signal that aborts when the client has gone or the deadline is over. A source that is late by then
 * says so itself (SOURCE_TIMEOUT) and what others gave is returned; DEADLINE_EXCEEDED is for our own work, when even
 * that takes too long.
 */
export async function withDeadline(
  client: AbortSignal,
  timeout: number | null,
  work: (limits: WorkLimits) => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (timeout === null)
    return work({ signal: client, deadline: Date.now() + A_DAY, over: new AbortController().signal });
  const controller = new AbortController();
  const ending = new AbortController();
  const overdue = new Promise<ExecutionResult>((resolve) => {
    ending.signal.addEventListener('abort', () => resolve(deadlineExceeded(timeout)), { once: true });
  });
  const leave = () => {
    controller.abort(client.reason);
    ending.abort(client.reason);
  };
  if (client.aborted) leave();
  else client.addEventListener('abort', leave, { once: true });
  const isLate = () => new DOMException('The deadline is over.', 'TimeoutError');
  const late = setTimeout(() => controller.abort(isLate()), timeout);
  const tooLate = setTimeout(() => ending.abort(isLate()), timeout + WAIT_MS.afterDeadline);
  try {
    const limits = { signal: controller.signal, deadline: Date.now() + timeout, over: ending.signal };
    return await Promise.race([work(limits), overdue]);
  } finally {
    clearTimeout(late);
    clearTimeout(tooLate);
    client.removeEventListener('abort', leave);
  }
}

function deadlineExceeded(timeout: number): ExecutionResult {
  const message = `The gateway's own work took longer than ${timeout} ms; ask for less at once.`;
  return { data: null, errors: [clientError('DEADLINE_EXCEEDED', message)] };
}
