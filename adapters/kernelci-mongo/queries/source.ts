import { type Call, SourceError } from '../../kit/author.ts';
import type { LegacyClient } from '../client.ts';
import type { Ids } from '../ids.ts';
import type { RevisionIndex } from '../revision-index.ts';

/** What all reads of a source share. */
export interface LegacySource {
  readonly client: LegacyClient;
  readonly ids: Ids;
  readonly revisions: RevisionIndex;
  /** The base address of the storage. */
  readonly storage: string;
  /** Boots are shown as tests. */
  readonly boots: boolean;
  /** Nothing is asked upstream. */
  readonly offline: boolean;
  /** Milliseconds that what is kept may be old, where that is configured. */
  readonly cacheTtl?: number;
}

/** Says that the index of revisions was still filling when the call ended. */
export function warnOfFilling(call: Pick<Call, 'warn'>): void {
  const message = 'The index of revisions by commit is still filling: what it has not reached yet is not shown.';
  call.warn(new SourceError('SOURCE_TRUNCATED', message));
}

/** Says that a read had to stop before the end. */
export function warnOfCut(call: Pick<Call, 'warn'>, what: string): void {
  call.warn(new SourceError('SOURCE_TRUNCATED', `There are more ${what} than one read may take: some are not shown.`));
}
