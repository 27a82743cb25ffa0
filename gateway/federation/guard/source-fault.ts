import type { Logger } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';

/** What a call failed with: anything but a SourceError is a bug in the adapter, and goes to the log with its stack. */
export function sourceFault(fault: unknown, source: string, call: string, log: Logger): SourceError {
  if (fault instanceof SourceError) {
    if (fault.cause !== undefined) log.warn({ source, call, code: fault.code, err: fault.cause }, fault.message);
    return fault;
  }
  log.error({ source, call, err: fault }, 'An adapter failed with something other than a SourceError.');
  return new SourceError('SOURCE_BAD_DATA', 'The answer of the source could not be understood.', { cause: fault });
}
