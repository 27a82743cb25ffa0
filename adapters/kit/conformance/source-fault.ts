import { SOURCE_ERROR_CODES, SourceError, type SourceErrorCode } from '../../errors.ts';

/** The code of a `SourceError`, also of one made by another copy of this package; null for any other value. */
export function sourceCode(error: unknown): SourceErrorCode | null {
  const isOne = error instanceof SourceError || (error instanceof Error && error.name === 'SourceError');
  const code = isOne && 'code' in error ? error.code : null;
  return SOURCE_ERROR_CODES.find((known) => known === code) ?? null;
}

/** Whether the source failed for a while, which says nothing of the adapter. */
export function isOutage(error: unknown): boolean {
  const code = sourceCode(error);
  return code === 'SOURCE_TIMEOUT' || code === 'SOURCE_UNAVAILABLE' || code === 'SOURCE_RATE_LIMITED';
}
