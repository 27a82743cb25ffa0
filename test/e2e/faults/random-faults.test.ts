import { describe } from 'vitest';
import { describeRandomFaults } from './random-faults.ts';

describe('two sources that fail at random', () => describeRandomFaults(12, 7));
