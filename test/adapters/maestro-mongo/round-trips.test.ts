import { type Document, ObjectId } from 'bson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asking } from '../../support/asked-adapter.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { type OpenSource, openSource } from './open-source.ts';
import { checkout, job, kbuild, test } from './tree.ts';

const BUILDS = 50;
const TESTS = 20;

/** The page of builds with a page of tests below each that a dashboard asks for. */
function* page(): Generator<Document> {
  const top = { ...checkout(), _id: new ObjectId() };
  yield top;
  for (let number = 0; number < BUILDS; number++) {
    const build = { ...kbuild(), _id: new ObjectId(), parent: top._id };
    const run = { ...job(), _id: new ObjectId(), parent: build._id };
    yield* [build, run];
    for (let count = 1; count < TESTS; count++) yield { ...test(), _id: new ObjectId(), parent: run._id };
  }
}

describeWithMongo('round trips', () => {
  let mongo: OpenMongo;
  let source: OpenSource;

  beforeAll(async () => {
    mongo = await openMongo();
    await mongo.db.collection('node').insertMany([...page()]);
  }, MONGO_START_MS);
  afterAll(() => mongo.drop());

  it.each([
    ['small', 20_000],
    ['large', 0],
  ])('a page of 50 builds with 20 tests each takes three, in a %s database', async (_, scanned) => {
    source = await openSource(mongo, { scanned });
    // How the database can be read is found out once.
    const absent = `maestro:${'0'.repeat(24)}`;
    await asking(source.adapter).related('testsOfBuild', [absent], { ...query, first: 1 }, source.call('test'));
    const { answer, requests } = await source.counted(async () => {
      const builds = await asking(source.adapter).list('build', { ...query, first: BUILDS }, source.call('build'));
      const ids = builds.items.map(({ object }) => object.id);
      return await asking(source.adapter).related('testsOfBuild', ids, { ...query, first: TESTS }, source.call('test'));
    });
    const sizes = [...answer.values()].map((one) => ('items' in one ? one.items.length : one.message));
    expect(sizes).toEqual(Array.from({ length: BUILDS }, () => TESTS));
    // The builds, what hangs straight from the checkouts among them, and the tests.
    expect(requests).toBe(3);
    await source.close();
  });

  it('what lies above a test is asked for once a level, and then not again', async () => {
    source = await openSource(mongo);
    const { items } = await asking(source.adapter).list('test', { ...query, first: 1 }, source.call('test'));
    await source.close();
    source = await openSource(mongo);
    const ids = items.map(({ object }) => object.id);
    const get = () => source.counted(() => asking(source.adapter).get('test', ids, source.call('test')));
    // The test, its job, and the kbuild; of a test that is known no more than itself.
    expect((await get()).requests).toBe(3);
    expect((await get()).requests).toBe(1);
    await source.close();
  });
});

const query = { where: null, order: 'NEWEST', first: BUILDS, after: null } as const;
