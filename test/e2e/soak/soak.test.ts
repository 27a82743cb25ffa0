import { describe } from 'vitest';
import { describeSoak } from './soak.ts';

describe('a gateway under mixed load', () => describeSoak(10));
