import { describePlans } from '../../support/mongodb/describe-plans.ts';
import { legacyPlans } from './plans-subject.ts';

describePlans('kernelci-mongo', legacyPlans(12), { served: 2000, judged: [20_000, 200_000], again: 200_000 });
