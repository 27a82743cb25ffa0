import { describePlans } from '../../support/mongodb/describe-plans.ts';
import { legacyPlans } from './plans-subject.ts';

describePlans('kernelci-mongo', legacyPlans(12), { served: 20_000, again: 200_000 });
