import { type Document, ObjectId } from 'bson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asking } from '../../support/asked-adapter.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { type OpenSource, openSource } from './open-source.ts';
import { checkout, JOB, job, kbuild, TEST, test } from './tree.ts';

const QUERY = { where: null, order: 'NEWEST', first: 100, after: null } as const;

/** The document under another id. */
const as = (digit: string, document: Document): Document => ({
  ...document,
  _id: ObjectId.createFromHexString(digit.repeat(24)),
});
const idOf = (digit: string) => digit.repeat(24);

describeWithMongo('records that cannot be understood', () => {
  let mongo: OpenMongo;
  let source: OpenSource;

  beforeAll(async () => {
    mongo = await openMongo();
    await mongo.db
      .collection('node')
      .insertMany([
        ...[checkout(), kbuild(), job(), test({ parent: ObjectId.createFromHexString(JOB) })],
        as('a', kbuild({ data: 'x' })),
        as('b', kbuild({ parent: 42 })),
        as('c', kbuild({ result: 17 })),
        as('d', test({ path: 'x' })),
        as('e', test({ parent: ObjectId.createFromHexString(idOf('e')) })),
        as('f', test({ parent: ObjectId.createFromHexString(idOf('0')) })),
        as('1', test({ parent: null })),
      ]);
    source = await openSource(mongo);
  }, MONGO_START_MS);
  afterAll(async () => {
    await source.close();
    await mongo.drop();
  });

  const told = () => source.told.splice(0).map(({ code, id }) => `${code} ${id}`);

  it('are named, and their siblings come', async () => {
    const builds = await asking(source.adapter).list('build', QUERY, source.call('build'));
    expect(builds.items.map(({ object }) => object.status)).toEqual([null, 'PASS']);
    expect(told().sort()).toEqual(['a', 'b', 'c'].map((digit) => `SOURCE_BAD_DATA ${idOf(digit)}`));
    const tests = await asking(source.adapter).list('test', QUERY, source.call('test'));
    expect(tests.items.map(({ object }) => object.id)).toEqual([`maestro:${TEST}`, `maestro:${JOB}`]);
    expect(told().sort()).toEqual(['1', 'd', 'e', 'f'].map((digit) => `SOURCE_BAD_DATA ${idOf(digit)}`));
  });

  it('are absent by their ids, and not below their parents', async () => {
    const ids = ['d', 'e', 'f'].map((digit) => `maestro:${idOf(digit)}`);
    const found = await asking(source.adapter).get('test', [...ids, `maestro:${TEST}`], source.call('test'));
    expect([...found.keys()]).toEqual([`maestro:${TEST}`]);
    const below = await asking(source.adapter).related(
      'buildsOfCheckout',
      [`maestro:${String(checkout()._id)}`],
      QUERY,
      source.call('build'),
    );
    const [page] = below.values();
    expect(page !== undefined && 'items' in page ? page.items.length : page).toBe(2);
    told();
  });
});
