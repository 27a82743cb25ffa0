import { describe, expect, it, vi } from 'vitest';
import { BEHAVIOURS, checkConformance } from '../../../../adapters/kit/conformance/conformance.ts';
import { PLANTED_FAULTS } from '../../../support/faulty-adapter/faults.ts';
import { faultySubject } from '../../../support/faulty-adapter/faulty-subject.ts';

// A whole suite takes seconds, and many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

describe('an adapter with one planted fault is caught by the check named for it', () => {
  for (const planted of PLANTED_FAULTS) {
    it(`${planted.caughtBy}: ${planted.fault}`, async () => {
      // The last two tell of the calls that others made, so others must have made some.
      const others = ['errors', 'answer-shape'].includes(planted.caughtBy)
        ? ['times', 'counts', 'related', 'absent-keys']
        : [];
      const only = [...others, planted.caughtBy];
      const report = await checkConformance(faultySubject(planted), { only, callMs: planted.callMs ?? 5000 });
      const result = report.behaviours.find(({ name }) => name === planted.caughtBy);
      expect(result).toMatchObject({ outcome: 'fail' });
    });
  }
});

it('there is a planted fault for every check', () => {
  const caught = new Set(PLANTED_FAULTS.map(({ caughtBy }) => caughtBy));
  expect(BEHAVIOURS.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
});
