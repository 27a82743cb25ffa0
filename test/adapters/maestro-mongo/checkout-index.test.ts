import { type Document, ObjectId } from 'bson';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Upstream } from '../../../adapters/kit/upstream.ts';
import { CheckoutIndex } from '../../../adapters/maestro-mongo/checkout-index.ts';
import { NodeClient } from '../../../adapters/maestro-mongo/client.ts';
import { options } from '../../../adapters/maestro-mongo/options.ts';
import { asking } from '../../support/asked-adapter.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { type OpenSource, openSource } from './open-source.ts';

const LOG = { debug() {}, info() {}, warn() {}, error() {} };
const QUERY = { where: null, order: 'NEWEST', first: 100, after: null } as const;
const call = () => ({
  signal: AbortSignal.timeout(20_000),
  deadline: Date.now() + 20_000,
  fields: new Set(['id']),
  log: LOG,
  warn: () => undefined,
});

let counter = 0;
/** A checkout of a commit, made at a time. */
function checkoutAt(time: number, commit: string): Document {
  counter += 1;
  const seconds = Math.floor(time / 1000).toString(16);
  return {
    _id: ObjectId.createFromHexString(`${seconds}${counter.toString(16).padStart(16, '0')}`),
    ...{ kind: 'checkout', name: 'checkout', path: ['checkout'], parent: null, created: new Date(time) },
    data: { kernel_revision: { tree: 'mainline', commit } },
  };
}

const YEAR_MS = 365 * 86_400_000;
const NOW = Date.now();
const HASHES = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40));
const [NEW = '', OLD = '', BOTH = '', LATE = ''] = HASHES;

describeWithMongo('the index of checkouts', () => {
  let mongo: OpenMongo;
  let folder: string;
  let client: NodeClient;
  let index: CheckoutIndex;

  const open = () => {
    const opened = new CheckoutIndex(client, { dataDir: folder, source: 'maestro', log: LOG });
    opened.open();
    return opened;
  };
  const fillIndex = async () => {
    await index.readNewer(call());
    for (let step = 0; step < 100 && !index.isComplete; step++) await index.readOlder(call());
  };

  beforeAll(async () => {
    mongo = await openMongo();
    const upstream = new Upstream({ concurrency: 4, rate: null });
    const given = options.parse({ url: mongo.url, database: mongo.database });
    client = new NodeClient(given, { upstream: (asked, request) => upstream.run(asked, request) });
  }, MONGO_START_MS);
  afterAll(async () => {
    await client.close();
    await mongo.drop();
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    index = open();
    const nodes = [
      checkoutAt(NOW - 60_000, NEW),
      checkoutAt(NOW - 5 * YEAR_MS, OLD),
      checkoutAt(NOW - YEAR_MS, BOTH),
      checkoutAt(NOW - 2 * YEAR_MS, BOTH),
      { _id: new ObjectId(), kind: 'test', name: 'x', path: ['x'] },
    ];
    await mongo.db.collection('node').insertMany(nodes);
  });
  afterEach(async () => {
    index.close();
    await removeFolder(folder);
    await mongo.db.collection('node').deleteMany({});
  });

  it('is filled from the newest back to the oldest', async () => {
    await index.readNewer(call());
    expect(index.find({ hashes: [NEW] })).toHaveLength(1);
    expect(index.isComplete).toBe(false);
    expect(index.reach).toContain('is being filled');
    await fillIndex();
    expect(HASHES.map((hash) => index.find({ hashes: [hash] }).length)).toEqual([1, 1, 2, 0]);
    expect(index.find({ prefix: 'cccccccccccc' })).toHaveLength(2);
    expect(index.reach).toBeNull();
  });

  it('loses none of many checkouts of one second', async () => {
    const many = Array.from({ length: 1100 }, () => checkoutAt(NOW - 3 * YEAR_MS, LATE));
    await mongo.db.collection('node').insertMany(many);
    await fillIndex();
    expect(index.find({ hashes: [LATE] })).toHaveLength(1100);
    expect(index.find({ hashes: [OLD] })).toHaveLength(1);
  });

  it('goes on after a restart where it was', async () => {
    await index.readNewer(call());
    await index.readOlder(call());
    index.close();
    index = open();
    expect(index.find({ hashes: [NEW] })).toHaveLength(1);
    await fillIndex();
    expect(index.find({ hashes: [OLD] })).toHaveLength(1);
  });

  it('learns what comes later, though its id was made a little before', async () => {
    await fillIndex();
    await mongo.db.collection('node').insertOne(checkoutAt(NOW - 30_000, LATE));
    await index.readNewer(call());
    expect(index.find({ hashes: [LATE] })).toHaveLength(1);
  });

  it('stays empty where there is nothing at all', async () => {
    await mongo.db.collection('node').deleteMany({});
    await fillIndex();
    expect(index.find({ hashes: [NEW] })).toEqual([]);
  });

  /** A question for commits to an adapter that never fills its index. */
  async function askUnfilled(source: OpenSource) {
    const adapter = await source.another();
    const pages = await asking(adapter).related(
      'checkoutsOfRevision',
      [NEW, LATE],
      QUERY,
      source.call('checkout', undefined, 500),
    );
    await adapter.stop();
    return pages;
  }

  it('is told to be filling, and what is newer than it is found all the same', async () => {
    const source = await openSource(mongo, { scanned: 0 });
    await mongo.db.collection('node').insertOne(checkoutAt(Date.now(), LATE));
    const pages = await askUnfilled(source);
    expect(pages.get(LATE)).toMatchObject({ items: [{ object: { gitCommitHash: LATE } }], hasMore: true });
    expect(source.told.map(({ code }) => code)).toEqual(['SOURCE_TRUNCATED']);
    await source.close();
  });

  it('is not waited for where the database has an index of commits', async () => {
    await mongo.db.collection('node').createIndex({ 'data.kernel_revision.commit': 1 });
    const source = await openSource(mongo, { scanned: 0 });
    const pages = await askUnfilled(source);
    expect(pages.get(NEW)).toMatchObject({ items: [{ object: { gitCommitHash: NEW } }], hasMore: false });
    expect(source.told.map(({ message }) => message)).toEqual([expect.stringContaining('December 2023')]);
    await source.close();
  });
});
