import { readFileSync } from 'node:fs';
import { EJSON } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFaults } from '../../../adapters/kit/kcidb/faults.ts';
import { asking } from '../../support/asked-adapter.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../support/shared-data.ts';
import { type OpenSource, openSource } from './open-source.ts';

announceMissingSharedData("the reference documents of Maestro's database");

const QUERY = { where: null, order: 'NEWEST', first: 100, after: null } as const;
const COMMIT = '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615';
const PREFIX = 'maestro:6851';

(hasSharedData ? describeWithMongo : describe.skip)('the reference documents', () => {
  let mongo: OpenMongo;
  let source: OpenSource;

  beforeAll(async () => {
    mongo = await openMongo();
    const lines = readFileSync(sharedPath('mongo/maestro/node.jsonl'), 'utf8').trim().split('\n');
    await mongo.db.collection('node').insertMany(lines.map((line) => EJSON.parse(line)));
    source = await openSource(mongo);
  }, MONGO_START_MS);
  afterAll(async () => {
    await source.close();
    await mongo.drop();
  });

  it('are all shown but the regression, and valid', async () => {
    const [checkouts, builds, tests] = [
      await asking(source.adapter).list('checkout', QUERY, source.call('checkout')),
      await asking(source.adapter).list('build', QUERY, source.call('build')),
      await asking(source.adapter).list('test', QUERY, source.call('test')),
    ];
    expect([checkouts, builds, tests].map(({ items }) => items.length)).toEqual([3, 4, 10]);
    for (const { object } of checkouts.items) expect(modelFaults('checkout', object)).toEqual([]);
    for (const { object } of builds.items) expect(modelFaults('build', object)).toEqual([]);
    for (const { object } of tests.items) expect(modelFaults('test', object)).toEqual([]);
    expect(source.told).toEqual([]);
  });

  it('become what the bridge makes of them', async () => {
    const { items } = await asking(source.adapter).list('test', QUERY, source.call('test'));
    const shown = items.map(({ object }) => [object.id, object.path, object.status, object.buildId]);
    expect(Object.fromEntries(shown.map(([id, ...rest]) => [id, rest]))).toEqual({
      [`${PREFIX}c3d1f2a4c3d5e6f70020`]: ['boot', 'PASS', `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}c3d2f2a4c3d5e6f70021`]: ['boot', 'ERROR', `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}c775f2a4c3d5e6f70022`]: ['boot.setup', 'PASS', `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}c775f2a4c3d5e6f70023`]: ['boot.setup.login', 'PASS', `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}c775f2a4c3d5e6f70024`]: ['boot.dmesg', expect.anything(), `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}c775f2a4c3d5e6f70025`]: ['boot.dmesg.crit', 'PASS', `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}c775f2a4c3d5e6f70026`]: ['boot.dmesg.alert', 'FAIL', `${PREFIX}b2c4f2a4c3d5e6f70010`],
      [`${PREFIX}b2c7f2a4c3d5e6f70030`]: ['kunit', 'FAIL', `maestro:dummy_6851b001f2a4c3d5e6f70001_x86_64`],
      [`${PREFIX}bbccf2a4c3d5e6f70031`]: [
        'kunit.exec.example.example_skip_test___SKIP_this_test_should_be_skipped',
        'SKIP',
        `maestro:dummy_6851b001f2a4c3d5e6f70001_x86_64`,
      ],
      [`${PREFIX}b2c8f2a4c3d5e6f70040`]: ['coverage', 'PASS', `${PREFIX}b2c4f2a4c3d5e6f70010`],
    });
  });

  it('tell the status of builds', async () => {
    const pages = await asking(source.adapter).related(
      'buildsOfCheckout',
      [`${PREFIX}b001f2a4c3d5e6f70001`],
      QUERY,
      source.call('build'),
    );
    const [page] = pages.values();
    const items = page !== undefined && 'items' in page ? page.items : [];
    expect(items.map(({ object }) => object.status)).toEqual(['MISS', 'FAIL', 'PASS', null]);
    expect(items.at(-1)?.object.id).toBe('maestro:dummy_6851b001f2a4c3d5e6f70001_x86_64');
  });

  it('are found by their commit, a patch set too', async () => {
    const pages = await asking(source.adapter).related('checkoutsOfRevision', [COMMIT], QUERY, source.call('checkout'));
    const page = pages.get(COMMIT);
    expect(page !== undefined && 'items' in page && page.items.map(({ object }) => object.id)).toEqual([
      `${PREFIX}d000f2a4c3d5e6f70050`,
      `${PREFIX}b001f2a4c3d5e6f70001`,
    ]);
  });
});
