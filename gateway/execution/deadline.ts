import type { ExecutionResult } from 'graphql';
import { clientError } from '../federation/client-error.ts';
import { WAIT_MS } from '../federation/wait-times.ts';

/** Milliseconds, as the deadline of what has none: a timer can still be set to it. */
const A_DAY = 86_400_000;

/**
 * Runs `work` with a signal that aborts when the client has gone or the deadline is over. A source that is late by then
 * says so itself (SOURCE_TIMEOUT) and what others gave is returned; DEADLINE_EXCEEDED is for our own work, when even
 * that takes too long.
 */
export async function withDeadline(
  client: AbortSignal,
  timeout: number | null,
  work: (signal: AbortSignal, deadline: number) => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (timeout === null) return work(client, Date.now() + A_DAY);
  const controller = new AbortController();
  const abort = () => controller.abort(client.reason);
  if (client.aborted) abort();
  else client.addEventListener('abort', abort, { once: true });
  const late = setTimeout(() => controller.abort(new DOMException('The deadline is over.', 'TimeoutError')), timeout);
  let tooLate: NodeJS.Timeout | undefined;
  const overdue = new Promise<ExecutionResult>((resolve) => {
    tooLate = setTimeout(() => resolve(deadlineExceeded(timeout)), timeout + WAIT_MS.afterDeadline);
  });
  try {
    return await Promise.race([work(controller.signal, Date.now() + timeout), overdue]);
  } finally {
    clearTimeout(late);
    clearTimeout(tooLate);
    client.removeEventListener('abort', abort);
  }
}

function deadlineExceeded(timeout: number): ExecutionResult {
  const message = `The gateway's own work took longer than ${timeout} ms; ask for less at once.`;
  return { data: null, errors: [clientError('DEADLINE_EXCEEDED', message)] };
}
