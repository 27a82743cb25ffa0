import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { describeConformance } from '../../../adapters/kit/conformance/conformance.ts';
import { type OpenSubject, openSubject } from '../../../adapters/kit/conformance/subject.ts';
import { adapter } from '../../../adapters/maestro-mongo/adapter.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { maestroDocuments } from '../../../examples/generators/kernelci/maestro.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';

// The test server reads a whole collection for each find.
vi.setConfig({ testTimeout: 120_000 });

describeWithMongo('maestro-mongo on a server', () => {
  let mongo: OpenMongo;
  let subject: OpenSubject;

  beforeAll(async () => {
    mongo = await openMongo();
    await fill(mongo.db, maestroDocuments({ seed: 5, nodes: 100, builds: 2 }));
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
