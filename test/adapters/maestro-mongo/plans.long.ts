import { MAESTRO_INDEXES } from '../../../examples/generators/kernelci/maestro-indexes.ts';
import { describePlans } from '../../support/mongodb/describe-plans.ts';
import { maestroPlans } from './plans-subject.ts';

const SIZES = { served: 2000, judged: [20_000, 200_000] as const, again: 200_000 };

describePlans('maestro-mongo, without any index but that of ids', maestroPlans([], 6), SIZES);
describePlans('maestro-mongo, with the indexes of its production', maestroPlans(MAESTRO_INDEXES, 6), SIZES);
