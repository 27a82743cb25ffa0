import { adapter } from '../../../adapters/maestro-mongo/adapter.ts';
import type { MaestroOptions } from '../../../adapters/maestro-mongo/options.ts';
import type { CollectionIndex } from '../../../examples/generators/kernelci/collection-index.ts';
import { maestroDocuments } from '../../../examples/generators/kernelci/maestro.ts';
import type { PlanSubject } from '../../support/mongodb/measure-plans.ts';

const KEPT = 'passes over the checkouts that are kept after all below them is gone';

/** Maestro with some indexes, and so many builds a checkout; it is taken for a large one, whatever its size. */
export function maestroPlans(indexes: readonly CollectionIndex[], builds: number): PlanSubject<MaestroOptions> {
  return {
    module: adapter,
    // All below a node comes within six hours here, which bounds the reads that no index but that of ids leads to.
    options: { scanned: 0, lifetime: 6 },
    indexes,
    growing: { 'builds, OLDEST': KEPT, 'tests, OLDEST': KEPT },
    documents: (size) => maestroDocuments({ seed: 11, nodes: size, builds }),
  };
}
