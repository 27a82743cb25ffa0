import { describe, expect, it } from 'vitest';
import { checkConformance } from '../../../../adapters/kit/conformance/conformance.ts';
import { PLANTED_FAULTS } from '../../../support/faulty-adapter/faults.ts';
import { faultySubject } from '../../../support/faulty-adapter/faulty-subject.ts';

// What shows only in slow answers is left out: thousands of them would take hours.
const quick = PLANTED_FAULTS.filter(({ options }) => (options?.latencyMs ?? 0) < 100);

describe('the whole suite blames a planted fault on what it breaks, and on nothing else', () => {
  for (const planted of quick) {
    it(`${planted.caughtBy}: ${planted.fault}`, async () => {
      const report = await checkConformance(faultySubject(planted), { callMs: planted.callMs ?? 5000 });
      const failed = report.behaviours.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name);
      expect(failed).toContain(planted.caughtBy);
      const allowed = [planted.caughtBy, ...(planted.also ?? [])];
      expect(failed.filter((name) => !allowed.includes(name))).toEqual([]);
    });
  }
});
