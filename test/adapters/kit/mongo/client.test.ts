import { Binary, Double, Int32, Long } from 'bson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createMongoClient, type MongoClient } from '../../../../adapters/kit/mongo/client.ts';
import { mongoOptions } from '../../../../adapters/kit/mongo/connection.ts';
import { idAt, idOf, numberOf } from '../../../../adapters/kit/mongo/documents.ts';
import { mongoEnv, waitingCall } from '../../../support/mongodb/mongo-env.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../../support/mongodb/mongodb.ts';
import { WireProxy } from '../../../support/mongodb/wire-proxy.ts';

const options = z.strictObject(mongoOptions('kernel-ci'));
type Name = 'job' | 'build' | 'boot' | 'gone';
const COLLECTIONS = { required: ['job', 'build'] as const, optional: ['boot'] as const };

describeWithMongo('the client of a MongoDB', () => {
  let mongo: OpenMongo;
  let proxy: WireProxy;
  let client: MongoClient<Name>;
  const { env, requests } = mongoEnv();
  const ids = Array.from({ length: 30 }, (_, index) => idAt((1_600_000_000 + index) * 1000));

  const clientOf = (database: string, more: object = {}, given = env) =>
    createMongoClient<Name>(options.parse({ url: proxy.url, database, ...more }), 'kernel-ci', COLLECTIONS, given);

  beforeAll(async () => {
    mongo = await openMongo();
    await mongo.db.collection('job').insertMany(
      ids.map((_id, index) => ({
        _id,
        job: index % 3 === 0 ? 'next' : 'mainline',
        kernel: `v5.${index}`,
        log: 'x'.repeat(1000),
        nested: { status: index % 2 === 0 ? 'PASS' : 'FAIL' },
      })),
    );
    await mongo.db.collection('build').insertOne({
      _id: ids[0],
      numbers: [new Int32(7), new Double(7), Long.fromNumber(7)],
      big: Long.fromString('9007199254740993'),
      bytes: new Binary(Buffer.from('binary')),
    });
    await mongo.db.collection('secret').insertOne({ token: 'never read' });
    await mongo.db.collection('job').createIndex({ kernel: -1, job: 1 });
    proxy = new WireProxy(mongo.url);
    await proxy.listen();
    client = clientOf(mongo.database);
  }, MONGO_START_MS);
  afterAll(async () => {
    await client?.close();
    await proxy?.close();
    await mongo?.drop();
  });

  it('connects with the first read, not before', async () => {
    const idle = clientOf(mongo.database);
    expect(proxy.clients).toBe(0);
    await idle.find('job', {}, { limit: 1 }, waitingCall());
    expect(proxy.clients).toBeGreaterThan(0);
    await idle.close();
  });

  it('gives the documents that match, in order, with the fields asked for', async () => {
    const query = { projection: { kernel: 1 }, sort: { _id: -1 }, limit: 3 } as const;
    const { documents, isCut } = await client.find('job', { job: 'mainline' }, query, waitingCall());
    expect(documents).toEqual([29, 28, 26].map((index) => ({ _id: ids[index], kernel: `v5.${index}` })));
    expect(isCut).toBe(true);
  });

  it('says whether there are more than were asked for', async () => {
    const exact = await client.find('job', { job: 'next' }, { limit: 10 }, waitingCall());
    expect([exact.documents.length, exact.isCut]).toEqual([10, false]);
  });

  it('asks once, however many documents there are', async () => {
    await client.find('job', {}, { limit: 1 }, waitingCall());
    const before = [requests(), proxy.commands.length];
    const { documents } = await client.find('job', { _id: { $in: ids } }, { limit: 1000 }, waitingCall());
    expect(documents).toHaveLength(30);
    expect([requests(), proxy.commands.length]).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 1]);
  });

  it('tells the server how long somebody waits', async () => {
    await client.find('job', {}, { limit: 1 }, waitingCall(4000));
    const sent = numberOf(proxy.commands.at(-1)?.body.maxTimeMS);
    expect(sent).toBeGreaterThan(2000);
    expect(sent).toBeLessThanOrEqual(4000);
  });

  it('reads what the configuration says of preference, concern and name', async () => {
    const other = clientOf(mongo.database, { readConcern: 'local', readPreference: 'nearest', poolSize: 2 });
    await other.find('job', {}, { limit: 1 }, waitingCall());
    expect(proxy.commands.at(-1)?.body).toMatchObject({ readConcern: { level: 'local' }, find: 'job' });
    await other.close();
  });

  it('never opens more connections than the pool may hold', async () => {
    const small = clientOf(mongo.database, { poolSize: 2 });
    await small.health(waitingCall());
    const idle = proxy.clients;
    await Promise.all(ids.map((_id) => small.find('job', { _id }, { limit: 1 }, waitingCall())));
    expect(proxy.clients - idle).toBeLessThanOrEqual(2);
    await small.close();
  });

  it('counts, and tallies by the values of fields', async () => {
    await expect(client.count('job', { job: 'next' }, undefined, waitingCall())).resolves.toBe(10);
    const tally = await client.tally('job', {}, ['job', 'nested.status', 'absent'], waitingCall());
    const found = tally.map(({ key, count }) => [key.job, key['nested.status'], key.absent, count].join(' ')).sort();
    expect(found).toEqual(['mainline FAIL  10', 'mainline PASS  10', 'next FAIL  5', 'next PASS  5']);
  });

  it('tallies by ids, whatever class of ids the driver has', async () => {
    const tally = await client.tally('build', {}, ['_id'], waitingCall());
    expect(tally.map(({ key, count }) => [idOf(key._id), count])).toEqual([[ids[0]?.toHexString(), 1]]);
  });

  it('gives distinct values, and the indexes', async () => {
    expect([...(await client.distinct('job', 'job', {}, waitingCall()))].sort()).toEqual(['mainline', 'next']);
    const indexes = await client.indexes('job', waitingCall());
    expect(indexes.map(({ keys }) => keys)).toContainEqual([
      ['kernel', -1],
      ['job', 1],
    ]);
  });

  it('gives numbers of all kinds as numbers', async () => {
    const { documents } = await client.find('build', {}, { limit: 1 }, waitingCall());
    expect(documents[0]?.numbers.map(numberOf)).toEqual([7, 7, 7]);
    expect(documents[0]?.big).toBeInstanceOf(Long);
  });

  it('answers from a collection that may be missing, and is, without asking', async () => {
    await client.find('job', {}, { limit: 1 }, waitingCall());
    const before = proxy.commands.length;
    await expect(client.find('boot', {}, { limit: 1 }, waitingCall())).resolves.toEqual({
      documents: [],
      isCut: false,
    });
    await expect(client.tally('boot', {}, ['status'], waitingCall())).resolves.toEqual([]);
    expect(proxy.commands.length).toBe(before);
  });

  it('refuses a collection that is not named', async () => {
    await expect(client.find('gone', {}, { limit: 1 }, waitingCall())).rejects.toThrow(
      'none of those that this source may read',
    );
    expect(proxy.commands.every(({ collection }) => collection !== 'secret' && collection !== 'gone')).toBe(true);
  });

  it('says which collections are missing in a database that is another', async () => {
    const other = clientOf(`${mongo.database}_other`);
    const message = 'The database lacks the collections `job`, `build`: it may not be the one that is meant.';
    await expect(other.health(waitingCall())).resolves.toEqual({ ok: false, detail: message });
    await expect(other.find('job', {}, { limit: 1 }, waitingCall())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message,
    });
    await other.close();
  });

  it('takes the database from the URL, or else that of its system', async () => {
    const url = new URL(proxy.url);
    url.pathname = `/${mongo.database}`;
    const named = createMongoClient<Name>(options.parse({ url: url.href }), 'kernel-ci', COLLECTIONS, env);
    await expect(named.health(waitingCall())).resolves.toEqual({ ok: true });
    const unnamed = createMongoClient<Name>(options.parse({ url: proxy.url }), mongo.database, COLLECTIONS, env);
    await expect(unnamed.health(waitingCall())).resolves.toEqual({ ok: true });
    await Promise.all([named.close(), unnamed.close()]);
  });

  it('connects to nothing where it is offline', async () => {
    const { env: offline } = mongoEnv({ offline: true });
    const lone = clientOf(mongo.database, {}, offline);
    const before = proxy.commands.length;
    await expect(lone.find('job', {}, { limit: 1 }, waitingCall())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(proxy.commands.length).toBe(before);
    await lone.close();
  });

  it('says that it has stopped', async () => {
    const stopped = clientOf(mongo.database);
    await stopped.close();
    await expect(stopped.find('job', {}, { limit: 1 }, waitingCall())).rejects.toMatchObject({
      message: 'The source has stopped.',
    });
  });
});
