import { describePlans } from '../../support/mongodb/describe-plans.ts';
import { legacyPlans } from './plans-subject.ts';

describePlans('kernelci-mongo', legacyPlans(3), { served: 400, judged: [2000, 10_000], again: 4000 });
