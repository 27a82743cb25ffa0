import { afterAll, beforeAll, describe, it } from 'vitest';
import { adapter } from '../../../adapters/kernelci-mongo/adapter.ts';
import { describeConformance, type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { legacyDocuments } from '../../../examples/generators/kernelci/legacy.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { legacyFixture } from './legacy-documents.ts';

const DATA = [
  ['with one of everything that is odd', () => legacyFixture()],
  ['with documents of all years', () => legacyDocuments({ seed: 7, tests: 70, builds: 2 })],
] as const;

describeWithMongo.each(DATA)('kernelci-mongo on a server, %s', (_name, documents) => {
  let mongo: OpenMongo;
  let subject: OpenSubject;

  beforeAll(async () => {
    mongo = await openMongo();
    await fill(mongo.db, documents());
  }, MONGO_START_MS);

  afterAll(async () => {
    await subject.close();
    await mongo.drop();
  });

  describeConformance(
    { describe, it, beforeAll },
    'the adapter contract',
    async () => {
      subject = await openSubject(adapter, { url: mongo.url, database: mongo.database });
      return subject;
    },
    { sampleSize: 60 },
  );
});
