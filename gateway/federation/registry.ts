import type { Adapter } from '../../adapters/adapter.ts';

export type SourceStateName = 'UP' | 'DEGRADED' | 'DOWN';

/** A configured CI system, with the guard round its adapter. */
export interface Source {
  readonly name: string;
  /** The adapter's own name, such as `postgres`. */
  readonly adapterName: string;
  /** Higher first, ties in the order of the configuration. */
  readonly priority: number;
  readonly adapter: Adapter;
  readonly state: {
    readonly name: SourceStateName;
    readonly since: string;
    readonly latency: number | null;
    readonly detail: string | null;
  };
}

/** All sources, by priority. */
export interface Registry {
  readonly sources: readonly Source[];
  get(name: string): Source | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}
