import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeConformance } from '../../../adapters/kit/conformance/describe-conformance.ts';
import { type OpenSubject, openSubject } from '../../../adapters/kit/conformance/open-subject.ts';
import { adapter } from '../../../adapters/maestro-mongo/adapter.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { maestroDocuments } from '../../../examples/generators/kernelci/maestro.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';

describeWithMongo('maestro-mongo on a server', () => {
  let mongo: OpenMongo;
  let subject: OpenSubject;

  beforeAll(async () => {
    mongo = await openMongo();
    await fill(mongo.db, maestroDocuments({ seed: 5, nodes: 160, builds: 2 }));
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
