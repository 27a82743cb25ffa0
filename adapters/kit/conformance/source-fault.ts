import { SOURCE_ERROR_CODES, SourceError, type SourceErrorCode } from '../../errors.ts';

/** The code of a `SourceError`, also of one made by another copy of this package; null for any other value. */
export function sourceCode(error: unknown): SourceErrorCode | null {
  const isOne = error instanceof SourceError || (error instanceof Error && error.name === 'SourceError');
  const code = isOne && 'code' in error ? error.code : null;
  return SOURCE_ERROR_CODES.find((known) => known === code) ?? null;
}

/**
 * Whether a failure says nothing of the keys that were asked: the source failed for a while, or what it declares is not
 * there, which `capabilities` tells.
 */
export function isBesideThePoint(error: unknown): boolean {
  const code = sourceCode(error);
  return code !== null && code !== 'SOURCE_BAD_DATA';
}
