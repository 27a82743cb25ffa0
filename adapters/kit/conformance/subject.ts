import type { Adapter, RelationName } from '../../adapter.ts';
import type { Entities, EntityName } from '../../model.ts';

/**
 * An object that the source is known to hold. `time` is what lists sort it by; left out it is not held against the
 * source's. A `timestamp` or `conflicts` that is null or absent here is not held against it either.
 */
export type KnownObject = {
  readonly [E in EntityName]: { readonly entity: E; readonly object: Entities[E]; readonly time?: string | null };
}[EntityName];

/** Counts upstream requests; `meterUpstream` makes one round an adapter's environment. */
export interface UpstreamMeter {
  /** Requests that have begun. */
  readonly started: number;
  /** Requests under way. */
  readonly active: number;
  /** Requests that ended well. */
  readonly answered: number;
}

/** What is judged. The adapter is started before and stopped after by whoever hands it over. */
export interface Subject {
  readonly adapter: Adapter;
  /**
   * Everything that the source holds. The more it has of ties, missing times, dangling references, issues in several
   * versions and files, the more can be judged. Without it the suite samples by listing.
   */
  readonly known?: readonly KnownObject[];
  /** Children that cannot be told from the objects alone: the ids below a parent, by relation. */
  readonly children?: { readonly [R in RelationName]?: Readonly<Record<string, readonly string[]>> };
  /** Without it batching is not judged, and cancellation only from outside. */
  readonly upstream?: UpstreamMeter;
  /** Other names by which an object is found. */
  readonly aliases?: readonly { readonly entity: EntityName; readonly alias: string; readonly id: string }[];
  /** Makes one more adapter for the same source, not yet started, for judging start and stop. */
  readonly create?: () => Adapter | Promise<Adapter>;
  /** Makes the source unreachable until the function that it gives is called. */
  readonly breakSource?: () => Promise<() => Promise<void>>;
}

export interface ConformanceOptions {
  /** Calls to the adapter, at most; 20,000 with known data, else 1,000. */
  readonly maxCalls?: number;
  /** Milliseconds, at most; ten minutes where left out. */
  readonly maxMs?: number;
  /** Milliseconds that one call may take; 30 s where left out. */
  readonly callMs?: number;
  /** Objects of an entity to look at where the data is not known; 150 where left out. */
  readonly sampleSize?: number;
  /** Names of the behaviours to judge; all where left out. */
  readonly only?: readonly string[];
  /** Told before each behaviour. */
  readonly onProgress?: (behaviour: string, index: number, count: number) => void;
}
