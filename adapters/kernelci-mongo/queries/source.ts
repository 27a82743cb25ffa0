import type { LegacyClient } from '../client.ts';
import type { Ids } from '../ids.ts';
import type { Revisions } from '../revisions.ts';

/** What all reads of a source share. */
export interface LegacySource {
  readonly client: LegacyClient;
  readonly ids: Ids;
  readonly revisions: Revisions;
  /** The base address of the storage. */
  readonly storage: string;
  /** Boots are shown as tests. */
  readonly boots: boolean;
  /** Nothing is asked upstream. */
  readonly offline: boolean;
  /** Milliseconds that what is kept may be old, where that is configured. */
  readonly cacheTtl?: number;
}
