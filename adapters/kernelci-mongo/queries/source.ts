import { type Call, SourceError } from '../../kit/author.ts';
import type { LegacyClient } from '../client.ts';
import type { Ids } from '../ids.ts';
import type { RevisionIndex } from '../revision-index.ts';

/** The state that all reads of a source share. */
export interface LegacySource {
  readonly client: LegacyClient;
  readonly ids: Ids;
  readonly revisions: RevisionIndex;
  /** The base address of the storage. */
  readonly storage: string;
  /** Boots are shown as tests. */
  readonly boots: boolean;
  /** Upstream requests are forbidden. */
  readonly offline: boolean;
  /** The maximum age of cached data in milliseconds, if configured. */
  readonly cacheTtl?: number;
}

/** Warns that the index of revisions was still filling when the call ended. */
export function warnOfFilling(call: Pick<Call, 'warn'>): void {
  const message = 'The index of revisions by commit is still filling: what it has not reached yet is not shown.';
  call.warn(new SourceError('SOURCE_TRUNCATED', message));
}

/** Warns that a read reached its limit. */
export function warnOfCut(call: Pick<Call, 'warn'>, what: string): void {
  call.warn(new SourceError('SOURCE_TRUNCATED', `There are more ${what} than one read may take: some are not shown.`));
}
