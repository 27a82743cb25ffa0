import { describe, expect, it } from 'vitest';
import { hasReference } from '../../../support/kcidb-io/reference.ts';
import { agreementWithReference, agreementWithSchemas, allMutants } from './agreement.ts';
import type { Mutant } from './mutants.ts';
import { hasSharedData, realSubmissions } from './shared-data.ts';

const SEED = 4;
const SHARE = 1 / 300;
const withReference = hasReference();
const withShared = hasSharedData();

/** The whole documents, and a seeded share of their mutants; `mutants.long.ts` takes them all. */
function sample(): Mutant[] {
  let state = SEED;
  const random = () => {
    // A linear congruential generator is random enough to pick by, and the same everywhere.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const picked: Mutant[] = [];
  for (const mutant of allMutants()) if (mutant.what.endsWith(' whole') || random() < SHARE) picked.push(mutant);
  return picked;
}

describe('documents with one thing broken', () => {
  const mutants = sample();

  it('are many, and of every version', () => {
    expect(mutants.length).toBeGreaterThan(500);
    expect(new Set(mutants.map(({ what }) => what.split(' ', 1)[0])).size).toBe(13);
  });

  it.skipIf(!withReference)('get the verdict and the 5.3 form that kcidb-io gives them', async () => {
    const agreement = await agreementWithReference(mutants);
    expect(agreement.disagreements).toEqual([]);
    expect(agreement.accepted).toBeGreaterThan(30);
  });

  it.skipIf(!withShared)('get the verdict of the published schema of their version', () => {
    const agreement = agreementWithSchemas(mutants);
    expect(agreement.disagreements).toEqual([]);
    expect(agreement.accepted).toBeGreaterThan(30);
  });
});

describe.skipIf(!withShared)('the real submissions', () => {
  const submissions = withShared ? [...realSubmissions()].map(([what, document]) => ({ what, document })) : [];

  it.skipIf(!withReference)('are all accepted, and upgraded as kcidb-io upgrades them', async () => {
    const agreement = await agreementWithReference(submissions);
    expect(agreement.disagreements).toEqual([]);
    expect(agreement.accepted).toBe(31);
  });

  it('are all accepted', () => {
    const agreement = agreementWithSchemas(submissions);
    expect(agreement).toMatchObject({ accepted: 31, disagreements: [] });
  });
});
