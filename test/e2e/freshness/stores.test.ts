import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toModel } from '../../../adapters/kit/kcidb/model.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { COMMITS, IDS, idOf, legacyFixture } from '../../adapters/kernelci-mongo/legacy-documents.ts';
import { CHECKOUT, checkout, JOB, job, KBUILD, kbuild } from '../../adapters/maestro-mongo/tree.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { openStore } from '../../support/open-store.ts';
import { usePostgres } from '../../support/postgres.ts';
import type { FaultGateway } from '../faults/fault-gateway.ts';
import { expectNotShown, expectShownWithin, gatewayOver, type Ways } from './shown-within.ts';

let gateway: FaultGateway | null = null;
afterEach(async () => {
  await gateway?.close();
  gateway = null;
});
const NEW = 'ef'.repeat(20);

describeWithMongo('the MongoDB systems', () => {
  let mongo: OpenMongo;
  beforeAll(async () => {
    mongo = await openMongo();
  }, MONGO_START_MS);
  afterAll(() => mongo.drop());

  describe('kernelci-mongo', () => {
    beforeAll(() => fill(mongo.db, legacyFixture()));
    const start = async (given: object, cacheTtl?: number) => {
      gateway = await gatewayOver(
        'kernelci-mongo',
        { url: mongo.url, database: mongo.database, ...given },
        { cacheTtl },
      );
      return gateway;
    };

    it('shows a build as it has become within cacheTtl, though its freshness is five minutes', async () => {
      const over = await start({}, 1_000);
      const id = `kernelci:kernelci.org:${IDS.builds[0]?.toHexString()}`;
      const ways: Ways = {
        'by id': `{ build(id: "${id}") { status duration } }`,
        'by revision': `{ revision(gitCommitHash: "${COMMITS.a}") { builds { nodes { id duration } } } }`,
        'in a list': '{ builds(first: 50) { nodes { id duration } } }',
      };
      await expectNotShown(over, ways, '987.5');
      await mongo.db.collection('build').updateOne({ _id: IDS.builds[0] }, { $set: { build_time: 987.5 } });
      await expectShownWithin(over, 1_000, ways, '987.5');
    });

    it('shows a commit that was asked for before its job was there, within cacheTtl', async () => {
      const over = await start({ refresh: 600_000 }, 1_000);
      const ways: Ways = {
        'by id': `{ checkout(id: "_:kernelci:${NEW}") { gitCommitHash treeName } }`,
        'by revision': `{ revision(gitCommitHash: "${NEW}") { checkouts { nodes { treeName } } } }`,
        'in a list': '{ checkouts(first: 50) { nodes { treeName } } }',
      };
      await expectNotShown(over, ways, 'brand-new');
      const tree = { job: 'brand-new', git_branch: 'master', kernel: 'v6.0' };
      const created = new Date();
      await mongo.db
        .collection('job')
        .insertOne({ _id: idOf('2024-03-23', 0x777), created_on: created, status: 'PASS', git_commit: NEW, ...tree });
      await expectShownWithin(over, 1_000, ways, 'brand-new');
    });

    it('tells one status of one build, however it is asked for, once it has told the new one', async () => {
      const over = await start({});
      const id = `kernelci:kernelci.org:${IDS.builds[1]?.toHexString()}`;
      const list = '{ builds(first: 50) { nodes { id status } } }';
      await expectNotShown(over, { 'in a list': list }, `${id}","status":"MISS`);
      await mongo.db.collection('build').updateOne({ _id: IDS.builds[1] }, { $set: { status: 'FAIL' } });
      // Never asked for by id before, so that it is read; the list was kept for minutes otherwise.
      const { data } = await over.ask(`{ build(id: "${id}") { status } }`);
      expect(data).toEqual({ build: { status: 'FAIL' } });
      expect(JSON.stringify((await over.ask(list)).data)).toContain(`"${id}","status":"FAIL"`);
    });
  });

  describe('maestro-mongo', () => {
    it('shows a node as it has become within cacheTtl, by id, by revision and in a list', async () => {
      const db = mongo.another();
      await db.collection('node').insertMany([checkout(), kbuild(), job()]);
      const given = { url: mongo.url, database: db.databaseName };
      const over = await gatewayOver('maestro-mongo', given, { cacheTtl: 1_000 });
      gateway = over;
      const hash = '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615';
      const ways: Ways = {
        'by id': `{ test(id: "maestro:${JOB}") { status } }`,
        'by revision': `{ revision(gitCommitHash: "${hash}") { tests { nodes { id status } } } }`,
        'in a list': '{ tests(first: 5) { nodes { id status } } }',
        'below its build': `{ build(id: "maestro:${KBUILD}") { tests { nodes { status } } } }`,
      };
      await expectNotShown(over, ways, '"status":"FAIL"');
      await db.collection('node').updateOne({ _id: job()._id }, { $set: { result: 'fail' } });
      await expectShownWithin(over, 1_000, ways, '"status":"FAIL"');
    });

    it('shows a commit that was asked for before it was there', async () => {
      const db = mongo.another();
      await db.collection('node').insertMany([kbuild()]);
      const given = { url: mongo.url, database: db.databaseName };
      const over = await gatewayOver('maestro-mongo', given, { cacheTtl: 1_000 });
      gateway = over;
      const ways: Ways = {
        'by id': `{ checkout(id: "maestro:${CHECKOUT}") { gitCommitHash } }`,
        'by revision': `{ revision(gitCommitHash: "${NEW}") { checkouts { nodes { gitCommitHash } } } }`,
        'in a list': '{ checkouts(first: 5) { nodes { gitCommitHash } } }',
      };
      await expectNotShown(over, ways, NEW);
      const node = checkout();
      await db
        .collection('node')
        .insertOne({ ...node, data: { kernel_revision: { ...node.data.kernel_revision, commit: NEW } } });
      await expectShownWithin(over, 1_000, ways, NEW);
    });
  });
});

describe('the native store', () => {
  const postgres = usePostgres();

  it('shows at once what it took, by id, by revision and in a list, asked for before or not', async () => {
    const url = await postgres.migrated();
    const store = openStore(url);
    const over = await gatewayOver('postgres', { url }, { cacheTtl: 60_000 });
    gateway = over;
    const ways: Ways = {
      'by id': '{ checkout(id: "acme:1") { comment } }',
      'by revision': `{ revision(gitCommitHash: "${NEW}") { checkouts { nodes { comment } } } }`,
      'in a list': '{ checkouts(first: 5) { nodes { comment } } }',
    };
    const record = { id: 'acme:1', origin: 'acme', git_commit_hash: NEW, comment: 'just taken' };
    await expectNotShown(over, ways, 'just taken');
    await store.load(toModel('checkouts', record));
    for (const [way, query] of Object.entries(ways)) {
      expect(JSON.stringify((await over.ask(query)).data), way).toContain('just taken');
    }
    await store.stop();
  });
});
