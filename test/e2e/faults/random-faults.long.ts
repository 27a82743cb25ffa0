import { describe } from 'vitest';
import { describeRandomFaults } from './random-faults.ts';

describe.each([1, 2, 3])('two sources that fail at random', (seed) => describeRandomFaults(400, seed));
