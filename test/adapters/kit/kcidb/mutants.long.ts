import { describe, expect, it } from 'vitest';
import { isObject, type KcidbObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { hasReference } from '../../../support/kcidb-io/reference.ts';
import { agreementWithReference, agreementWithSchemas, allMutants, keysOfAllVersions } from './agreement.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { hasSharedData, realSubmissions } from './shared-data.ts';

const withReference = hasReference();
const withShared = hasSharedData();
const BATCH = 5000;

function* batches(mutants: Iterable<Mutant>): Generator<Mutant[]> {
  let batch: Mutant[] = [];
  for (const mutant of mutants) {
    batch.push(mutant);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}

/** The mutants of real submissions, of which the first two objects of each list are kept, so that thousands stay quick. */
function* mutantsOfSubmissions(): Generator<Mutant> {
  for (const [name, document] of realSubmissions()) {
    const short: KcidbObject = Object.fromEntries(
      Object.entries(document).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.slice(0, 2).map(withShortExcerpt) : value,
      ]),
    );
    // The same objects come thousands of times over, so that every seventh of their mutants meets each field often.
    let index = 0;
    for (const mutant of mutantsOf(short, keysOfAllVersions())) {
      if (index++ % 7 === 0) yield { what: `${name} ${mutant.what}`, document: mutant.document };
    }
  }
}

function withShortExcerpt(object: unknown): unknown {
  if (!isObject(object) || typeof object.log_excerpt !== 'string') return object;
  return { ...object, log_excerpt: object.log_excerpt.slice(0, 100) };
}

describe.each([
  ['full documents of every version', allMutants, true],
  ['real submissions', mutantsOfSubmissions, withShared],
])('all mutants of %s', (name, mutants, present) => {
  it.skipIf(!present || !withReference)('get the verdict and the 5.3 form that kcidb-io gives them', async () => {
    const total = { judged: 0, accepted: 0, deviations: 0 };
    for (const batch of batches(mutants())) {
      const agreement = await agreementWithReference(batch);
      expect(agreement.disagreements).toEqual([]);
      total.judged += agreement.judged;
      total.accepted += agreement.accepted;
      total.deviations += agreement.deviations;
    }
    console.log(`${name}, by kcidb-io: ${JSON.stringify(total)}`);
    expect(total.judged).toBeGreaterThan(10_000);
  });

  it.skipIf(!present || !withShared)('get the verdict of the published schema of their version', () => {
    for (const batch of batches(mutants())) expect(agreementWithSchemas(batch).disagreements).toEqual([]);
  });
});
