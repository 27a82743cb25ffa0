import type { Fault, SourceName } from './options.ts';

/** A source of the demo that runs, or is broken as it was asked to be. */
export interface RunningSource {
  readonly name: SourceName;
  /** What stands in the configuration under its name. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What a person should know of it, such as its address. */
  readonly where: string;
  close(): Promise<void>;
}

/** Milliseconds that an answer of a slow source takes: longer than it is waited for. */
export const SLOW_MS = 4000;
const PATIENCE = '3s';

/** What the configuration of a source says beside its own, so that each answer soon shows the fault, and not the breaker. */
export function brokenConfig(fault: Fault | undefined): Readonly<Record<string, unknown>> {
  return fault === undefined ? {} : { timeout: PATIENCE, breaker: { failures: 1_000_000 } };
}
