import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ids } from '../../../adapters/kernelci-mongo/ids.ts';
import { idsAfterTie } from '../../../adapters/kernelci-mongo/queries/paging.ts';
import { compareBytes, fitsKeys } from '../../../adapters/kit/author.ts';

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const ids = new Ids({ origin: 'kernelci', namespace: 'staging.kernelci.org' });

describe('ids', () => {
  it('come back as what they were made of, and fit the keys that are declared', () => {
    fc.assert(
      fc.property(digits(24), digits(24), digits(40), (hex, other, commit) => {
        const { keys } = ids;
        expect(ids.buildOf(ids.build(hex))).toBe(hex);
        expect(fitsKeys(keys.build, ids.build(hex))).toBe(true);
        expect(ids.commitOf(ids.checkout(commit))).toBe(commit);
        expect(fitsKeys(keys.checkout, ids.checkout(commit))).toBe(true);
        for (const collection of ['test_case', 'boot'] as const) {
          const key = { collection, hex };
          expect(ids.testOf(ids.test(key))).toEqual(key);
          expect(fitsKeys(keys.test, ids.test(key))).toBe(true);
        }
        expect([ids.issueOf(ids.issue(hex)), ids.issueOf(`1@${ids.issue(hex)}`)]).toEqual([hex, hex]);
        expect(ids.issueOf(`2@${ids.issue(hex)}`)).toBeNull();
        expect(fitsKeys(keys.issue, ids.issue(hex))).toBe(true);
        const incident = { document: hex, testCase: other };
        expect(ids.incidentOf(ids.incident(incident))).toEqual(incident);
        expect(fitsKeys(keys.incident, ids.incident(incident))).toBe(true);
      }),
    );
  });

  it('of other systems, namespaces and forms are none of ours', () => {
    const hex = '605a3c12c2d1e4b7a90f1b01';
    for (const id of [
      '',
      `kernelci:kernelci.org:${hex}`,
      `kernelci:stagingXkernelci.org:${hex}`,
      `kernelci:staging.kernelci.org:${hex}0`,
      `kernelci:staging.kernelci.org:${hex.toUpperCase()}`,
      `kernelci:staging.kernelci.org:${hex}\n`,
      `maestro:${hex}`,
    ]) {
      expect([ids.buildOf(id), ids.testOf(id), ids.commitOf(id), ids.issueOf(id), ids.incidentOf(id)], id).toEqual(
        Array(5).fill(null),
      );
      for (const keys of Object.values(ids.keys)) expect(fitsKeys(keys, id)).toBe(false);
    }
  });
});

describe('a place in a list becomes a bound on `_id`', () => {
  it('that parts ids as their bytes do', () => {
    const tie = fc.oneof(
      digits(24).map((hex) => ids.build(hex)),
      fc
        .tuple(fc.nat({ max: 30 }), fc.string())
        .map(([length, rest]) => `kernelci:staging.kernelci.org:${'a0f9'.repeat(6)}`.slice(0, length) + rest),
      fc
        .tuple(digits(24), fc.nat({ max: 24 }), fc.string())
        .map(([hex, length, rest]) => ids.build(hex.slice(0, length) + rest)),
    );
    fc.assert(
      fc.property(tie, digits(24), (place, hex) => {
        const bound = idsAfterTie(ids.build(''), place);
        const isBehind =
          bound === null ||
          (bound !== 'none' && ('$gt' in bound ? hex > bound.$gt.toHexString() : hex >= bound.$gte.toHexString()));
        expect(isBehind).toBe(compareBytes(ids.build(hex), place) > 0);
      }),
      { numRuns: 2000 },
    );
  });
});
