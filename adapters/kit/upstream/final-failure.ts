import type { SourceError } from '../../errors.ts';

const finals = new WeakSet<SourceError>();

/** Marks a failure that the next try would only meet again. */
export function finalFailure(error: SourceError): SourceError {
  finals.add(error);
  return error;
}

export function isFinalFailure(error: SourceError): boolean {
  return finals.has(error);
}
