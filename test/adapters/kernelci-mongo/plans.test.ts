import { describePlans } from '../../support/mongodb/describe-plans.ts';
import { LEGACY } from './plans-subject.ts';

describePlans('kernelci-mongo', LEGACY, [300, 3000]);
