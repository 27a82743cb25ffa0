import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseTime } from '../../../../adapters/contract/time-and-url.ts';
import { fromModel, toModel } from '../../../../adapters/kit/kcidb/model.ts';
import { isObject, type KcidbObject, type ListName } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { upgrade, validate } from '../../../../adapters/kit/kcidb/whole-document.ts';
import { hasReference } from '../../../support/kcidb-io/reference.ts';
import { agreementWithReference } from './agreement.ts';
import { arbitraryDocument } from './arbitrary-document.ts';

const LISTS: readonly ListName[] = ['checkouts', 'builds', 'tests', 'issues', 'incidents'];

function newest(document: KcidbObject): KcidbObject | null {
  const verdict = validate(document);
  if (!verdict.valid) throw new Error(JSON.stringify(verdict.faults));
  const upgraded = upgrade(verdict.document, verdict.rules);
  return upgraded.valid ? upgraded.document : null;
}

describe('any valid document', () => {
  it('is valid in 5.3 after its upgrade, which does it no harm', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const before = JSON.stringify(document);
        const result = newest(document);
        expect(JSON.stringify(document)).toBe(before);
        if (result === null) return;
        expect(validate(result)).toMatchObject({ valid: true });
        expect(newest(result)).toEqual(result);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('comes back from the common model as it was, but for the spelling of times', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const result = newest(document) ?? {};
        for (const list of LISTS) {
          const objects: unknown = result[list] ?? [];
          if (!Array.isArray(objects)) throw new Error(`${list} is no list.`);
          for (const object of objects.filter(isObject)) {
            const stored = toModel(list, object);
            expect(fromModel(stored.entity, stored.object)).toEqual(withNormalTimes(object));
          }
        }
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it.skipIf(!hasReference())('is upgraded as kcidb-io upgrades it', async () => {
    const mutants = fc.sample(arbitraryDocument, { numRuns: 400, seed: 6 }).map((document, index) => ({
      what: `document ${index}`,
      document,
    }));
    const agreement = await agreementWithReference(mutants);
    expect(agreement.disagreements).toEqual([]);
    expect(agreement.accepted).toBeGreaterThan(300);
  });
});

function withNormalTimes(object: KcidbObject): KcidbObject {
  return Object.fromEntries(
    Object.entries(object).map(([field, value]) => [
      field,
      /_time(?:stamp)?$|^_timestamp$/.test(field) ? normaliseTime(String(value)) : value,
    ]),
  );
}
