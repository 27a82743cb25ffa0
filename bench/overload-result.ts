import type { LoadResult } from './load/load.ts';
import type { Probed } from './load/probes.ts';
import { median } from './load/statistics.ts';

/** One load of one round. */
export interface Measured extends LoadResult {
  readonly probed: Probed;
  /** Processor time of the gateway, in milliseconds a right answer. */
  readonly cpuPerAnswer: number;
  /** Right answers over those of this round at capacity. */
  readonly share: number;
}

export interface Memory {
  /** MB. */
  readonly resident: number;
  readonly heap: number;
}

/** All that was measured of one gateway. */
export interface OverloadResult {
  readonly name: string;
  readonly clients: number;
  /** Every round of each load, by the load's name. */
  readonly loads: ReadonlyMap<string, readonly Measured[]>;
  readonly fairness: { readonly alone: readonly LoadResult[]; readonly beside: readonly LoadResult[] };
  readonly memory: { readonly before: Memory; readonly after: Memory };
}

export const CAPACITY = 'capacity';
export const CLOSED_3 = '3 times, closed loop';
export const OPEN_3 = '3 times, open loop';

/** The median over the rounds of one load. */
export function ofRounds(rounds: readonly Measured[], figure: (round: Measured) => number): number {
  return median(rounds.map(figure));
}
