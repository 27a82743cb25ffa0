import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeConformance, type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { adapter } from '../../../adapters/kernelci-mongo/adapter.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { legacyDocuments } from '../../../examples/generators/kernelci/legacy.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';

describeWithMongo('kernelci-mongo on a server, with documents of all years', () => {
  let mongo: OpenMongo;
  let subject: OpenSubject;

  beforeAll(async () => {
    mongo = await openMongo();
    await fill(mongo.db, legacyDocuments({ seed: 7, tests: 400 }));
  }, MONGO_START_MS);

  afterAll(async () => {
    await subject.close();
    await mongo.drop();
  });

  describeConformance({ describe, it, beforeAll }, 'the adapter contract', async () => {
    subject = await openSubject(adapter, { url: mongo.url, database: mongo.database });
    return subject;
  });
});
