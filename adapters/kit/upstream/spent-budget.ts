import { SourceError } from '../../errors.ts';

/**
 * A request that would get no permit of the rate before its deadline. It says nothing of the source, which was not
 * asked: others need not be refused for it.
 */
export function spentBudget(retryAfterMs: number): SourceError {
  const message =
    'The source may be asked no more than so often, and others wait already: not all of it could be asked.';
  return new SourceError('SOURCE_RATE_LIMITED', message, { retryAfterMs: Math.ceil(retryAfterMs), origin: 'gateway' });
}

/** Whether it was our own budget that ran out, and not the source that refused. */
export function isSpentBudget(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'SOURCE_RATE_LIMITED' && error.origin === 'gateway';
}
