import { adapter } from '../../../adapters/kernelci-mongo/adapter.ts';
import type { LegacyOptions } from '../../../adapters/kernelci-mongo/options.ts';
import { legacyDocuments } from '../../../examples/generators/kernelci/legacy.ts';
import { LEGACY_INDEXES } from '../../../examples/generators/kernelci/legacy-indexes.ts';
import type { PlanSubject } from '../../support/mongodb/measure-plans.ts';

const SUITES = 'passes over the test cases of 2018 that lie in suites, of which there were some only then';

const RUNS =
  'passes over all regressions of the same tree, device and configuration: no index leads to the later ones of one';

/** The legacy system with the indexes that it makes at its start, and so many builds a revision. */
export function legacyPlans(builds: number): PlanSubject<LegacyOptions> {
  return {
    module: adapter,
    options: {},
    indexes: LEGACY_INDEXES,
    growing: {
      'incidentsOfIssue, NEWEST': RUNS,
      'incidentsOfIssue, OLDEST': RUNS,
      'tests, OLDEST': SUITES,
      'tests by status in, OLDEST': SUITES,
      'tests by startTime range, OLDEST': SUITES,
    },
    documents: (size) => legacyDocuments({ seed: 11, tests: size, builds }),
  };
}
