import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CollectionDocument } from '../../../../examples/generators/kernelci/collection-document.ts';
import { fill } from '../../../../examples/generators/kernelci/fill.ts';
import { legacyDocuments } from '../../../../examples/generators/kernelci/legacy.ts';
import { maestroDocuments } from '../../../../examples/generators/kernelci/maestro.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../../support/mongodb/mongodb.ts';

const MANY = 200_000;

describeWithMongo('a server with as many documents as a year has', () => {
  let mongo: OpenMongo;
  beforeAll(async () => {
    mongo = await openMongo();
  }, MONGO_START_MS);
  afterAll(() => mongo.drop());

  it.each([
    ['test_case', () => legacyDocuments({ seed: 3, tests: MANY })],
    ['node', () => maestroDocuments({ seed: 3, nodes: MANY })],
  ] as const)('takes 200,000 of %s, and whatever comes with them, as they are made', async (collection, documents) => {
    const start = performance.now();
    const given: Iterable<CollectionDocument> = documents();
    const counts = await fill(mongo.db, given);
    console.log(
      `${[...counts.values()].reduce((sum, count) => sum + count, 0)} documents in ${performance.now() - start} ms`,
    );
    expect(counts.get(collection)).toBeGreaterThanOrEqual(MANY);
    expect(await mongo.db.collection(collection).estimatedDocumentCount()).toBe(counts.get(collection));
  });
});
