import { MAESTRO_INDEXES } from '../../../examples/generators/kernelci/maestro-indexes.ts';
import { describePlans } from '../../support/mongodb/describe-plans.ts';
import { maestroPlans } from './plans-subject.ts';

const SIZES = { served: 300, judged: [1_000, 5_000] as const, again: 5_000 };

describePlans('maestro-mongo, with the indexes of its production', maestroPlans(MAESTRO_INDEXES, 2), SIZES);
