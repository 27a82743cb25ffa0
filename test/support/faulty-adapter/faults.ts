import type { Adapter } from '../../../adapters/contract/adapter.ts';
import type { ArrayOptions } from '../array-adapter.ts';
import type { AskedAdapter } from '../asked-adapter.ts';
import { CALL_FAULTS } from './call-faults.ts';
import { LIST_FAULTS } from './list-faults.ts';
import { OBJECT_FAULTS } from './object-faults.ts';

/** An adapter that is honest but for one thing, and the check that is there to notice it. */
export interface PlantedFault {
  readonly fault: string;
  readonly caughtBy: string;
  /** Other checks that cannot but notice it too. */
  readonly also?: readonly string[];
  readonly plant: (honest: AskedAdapter) => Adapter;
  /** What the honest adapter must be for the fault to matter. */
  readonly options?: Partial<ArrayOptions>;
  readonly callMs?: number;
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [...LIST_FAULTS, ...OBJECT_FAULTS, ...CALL_FAULTS];
