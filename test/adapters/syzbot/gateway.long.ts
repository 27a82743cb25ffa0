import { describeGateway } from './gateway-scenario.ts';

// Three lines of configuration: one request a second.
describeGateway(1);
