import { setTimeout as delay } from 'node:timers/promises';
import { type Document, serialize } from 'bson';
import { MongoServerError } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import { createMongoClient, type MongoClient } from '../../../../adapters/kit/mongo/client.ts';
import { mongoOptions } from '../../../../adapters/kit/mongo/connection.ts';
import { idAt, readDocuments, timeOf } from '../../../../adapters/kit/mongo/documents.ts';
import { sourceErrorOf } from '../../../../adapters/kit/mongo/driver-errors.ts';
import { mongoEnv, waitingCall } from '../../../support/mongodb/mongo-env.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../../support/mongodb/mongodb.ts';
import { type Intervention, type SentCommand, WireProxy } from '../../../support/mongodb/wire-proxy.ts';

const options = z.strictObject(mongoOptions('kernel-ci'));
const COLLECTIONS = { required: ['job'] as const, optional: [] };
const IDS = Array.from({ length: 20 }, (_, index) => idAt((1_600_000_000 + index) * 1000));

const refusal = (code: number, errmsg: string) => ({ reply: { ok: 0, code, errmsg } });
/** Of finds alone, the first `times`. */
const finds = (intervention: Intervention, times = Number.POSITIVE_INFINITY) => {
  let left = times;
  return ({ name }: SentCommand): Intervention => {
    if (name !== 'find' || left <= 0) return null;
    left -= 1;
    return intervention;
  };
};

describeWithMongo('a MongoDB that fails', () => {
  let mongo: OpenMongo;
  let proxy: WireProxy;
  let client: MongoClient<'job'>;
  let requests: () => number;

  const read = (milliseconds = 5000) =>
    client.find('job', {}, { limit: 50, sort: { _id: 1 } }, waitingCall(milliseconds));
  const failure = async (reading: Promise<unknown>): Promise<SourceError> => {
    const error = await reading.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof SourceError)) throw new Error(`It did not fail with a SourceError, but: ${String(error)}`);
    return error;
  };

  beforeAll(async () => {
    mongo = await openMongo();
    await mongo.db.collection('job').insertMany(
      IDS.map((_id) => ({
        _id,
        job: 'mainline',
        text: 'some plain text',
        at: new Date(1000),
        nested: { text: 'deep text' },
      })),
    );
    proxy = new WireProxy(mongo.url);
    await proxy.listen();
  }, MONGO_START_MS);
  beforeEach(() => {
    const made = mongoEnv();
    requests = made.requests;
    const given = options.parse({ url: proxy.url, database: mongo.database, connectTimeout: 700 });
    client = createMongoClient(given, 'kernel-ci', COLLECTIONS, made.env);
  });
  afterEach(async () => {
    proxy.intervene = () => null;
    await client.close();
  });
  afterAll(async () => {
    await proxy?.close();
    await mongo?.drop();
  });

  it.each([
    [10_107, 'not primary', 'SOURCE_UNAVAILABLE', 'changing its primary'],
    [189, 'stepped down', 'SOURCE_UNAVAILABLE', 'changing its primary'],
    [11_602, 'interrupted by a change of state', 'SOURCE_UNAVAILABLE', 'changing its primary'],
    [13_435, 'not primary and secondaryOk=false', 'SOURCE_UNAVAILABLE', 'changing its primary'],
    [91, 'shutdown in progress', 'SOURCE_UNAVAILABLE', 'stopping'],
    [43, 'cursor id 5 not found', 'SOURCE_UNAVAILABLE', 'ended the read'],
    [237, 'cursor killed', 'SOURCE_UNAVAILABLE', 'ended the read'],
    [11_601, 'operation was interrupted', 'SOURCE_UNAVAILABLE', 'ended the read'],
  ])('is asked once more after %i (%s), and recovers', async (code, errmsg, kind, words) => {
    proxy.intervene = finds(refusal(code, errmsg), 1);
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
    expect(requests()).toBe(2);
    proxy.intervene = finds(refusal(code, errmsg));
    expect(await failure(read())).toMatchObject({ code: kind, message: expect.stringContaining(words) });
    proxy.intervene = () => null;
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
  });

  it.each([
    [18, 'Authentication failed.', 'SOURCE_UNAVAILABLE', 'refused the credentials'],
    [8000, 'bad auth', 'SOURCE_UNAVAILABLE', 'refused the credentials'],
    [13, 'not authorized on kernel-ci', 'SOURCE_UNAVAILABLE', 'may not read this'],
    [96, 'Sort operation used more than the maximum 33554432 bytes of RAM', 'SOURCE_UNSUPPORTED', 'more memory'],
    [292, 'Sort exceeded memory limit', 'SOURCE_UNSUPPORTED', 'more memory'],
    [2, 'error processing query: planner returned error: bad hint', 'SOURCE_UNSUPPORTED', 'index'],
    [17_007, 'hint provided does not correspond to an existing index', 'SOURCE_UNSUPPORTED', 'index'],
    [59, 'no such command', 'SOURCE_UNSUPPORTED', 'does not know'],
    [10_334, 'BSONObj size is invalid', 'SOURCE_BAD_DATA', 'larger'],
    [50, 'operation exceeded time limit', 'SOURCE_TIMEOUT', 'did not finish in time'],
    [16_500, 'Request rate is large', 'SOURCE_RATE_LIMITED', 'fewer reads'],
  ])('is not asked again after %i (%s)', async (code, errmsg, kind, words) => {
    proxy.intervene = finds(refusal(code, errmsg));
    const error = await failure(read());
    expect(error).toMatchObject({ code: kind, message: expect.stringContaining(words) });
    expect(requests()).toBe(1);
  });

  it('ends in time where it does not answer, and its connection is closed so that the server stops', async () => {
    await read();
    const open = proxy.clients;
    proxy.intervene = finds('silence');
    const start = performance.now();
    expect(await failure(read(300))).toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(performance.now() - start).toBeLessThan(900);
    await expect.poll(() => proxy.clients).toBeLessThan(open);
    proxy.intervene = () => null;
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
  });

  it('is read again where its answer is cut', async () => {
    proxy.intervene = finds({ cutAfter: 300 }, 1);
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
    proxy.intervene = finds({ cutAfter: 300 });
    expect(await failure(read())).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: 'The database broke off its answer.',
    });
  });

  it('is named where it is gone, in bounded time, and found when it is back', async () => {
    await read();
    await proxy.close();
    const start = performance.now();
    const error = await failure(read());
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(error.message).toMatch(/nothing listens at its address|could not be reached|broke off/);
    expect(performance.now() - start).toBeLessThan(3000);
    await proxy.listen();
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
  });

  it('is found where it comes after the first read', async () => {
    await proxy.close();
    expect(await failure(read())).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await proxy.listen();
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
  });

  it('is let go at once by a source that stops while it connects', async () => {
    await proxy.close();
    const reading = failure(read());
    await delay(50);
    const start = performance.now();
    await client.close();
    expect(performance.now() - start).toBeLessThan(400);
    expect(await reading).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await proxy.listen();
  });

  it('says nothing of hosts, users and passwords, in the log neither', async () => {
    const port = new URL(proxy.url).port;
    await proxy.close();
    const url = `mongodb://wizard:hunt%40r2@127.0.0.1:${port}/?directConnection=true`;
    const secret = createMongoClient(
      options.parse({ url, connectTimeout: 300 }),
      'kernel-ci',
      COLLECTIONS,
      mongoEnv().env,
    );
    const error = await failure(secret.find('job', {}, { limit: 1 }, waitingCall()));
    expect(error.message).not.toMatch(/127|wizard|hunt|mongodb:/);
    const cause = error.cause instanceof Error ? `${error.cause.message} ${error.cause.stack}` : '';
    expect(cause).not.toMatch(/wizard|hunt/);
    await secret.close();
    await proxy.listen();
  });

  it('tells wrong credentials, without showing them', async () => {
    const url = proxy.url.replace('//', '//wizard:hunter2@');
    const wrong = createMongoClient(
      options.parse({ url, database: mongo.database }),
      'kernel-ci',
      COLLECTIONS,
      mongoEnv().env,
    );
    proxy.intervene = ({ name }) =>
      name.startsWith('sasl') ? refusal(18, 'Authentication failed for wizard:hunter2') : null;
    const error = await failure(wrong.find('job', {}, { limit: 1 }, waitingCall()));
    expect(error).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: 'The database refused the credentials of the source.',
    });
    expect(error.isRetryable).toBe(false);
    expect(String(error.cause)).not.toMatch(/wizard|hunter2/);
    await wrong.close();
  });

  it('tells a URL that the driver does not understand, without showing it', async () => {
    const url = 'mongodb://wizard:hunter2@localhost/?replicaSet=a&directConnection=banana';
    const odd = createMongoClient(options.parse({ url }), 'kernel-ci', COLLECTIONS, mongoEnv().env);
    const error = await failure(odd.find('job', {}, { limit: 1 }, waitingCall()));
    expect(error.message).toContain('is not one that the driver understands');
    expect(`${error.stack} ${String(error.cause)}`).not.toMatch(/wizard|hunter2/);
    await odd.close();
  });

  it('gives a document whose text is not UTF-8 with U+FFFD in it, and tells its id', async () => {
    proxy.intervene = finds({
      rewrite: (bytes) => {
        const at = bytes.indexOf('some plain text');
        bytes[at + 2] = 0xff;
        return bytes;
      },
    });
    const call = waitingCall();
    const { documents } = await client.find('job', {}, { limit: 50, sort: { _id: 1 } }, call);
    expect(documents.map(({ text }) => text)).toEqual(['so\uFFFDe plain text', ...Array(19).fill('some plain text')]);
    expect(call.warnings).toMatchObject([{ code: 'SOURCE_BAD_DATA', id: IDS[0]?.toHexString() }]);
  });

  it('leaves out a document that cannot be read, tells its id, and gives the others', async () => {
    proxy.intervene = finds({
      rewrite: (bytes) => {
        // The length of a text within, which now says more than there is.
        const at = bytes.indexOf('deep text');
        bytes.writeInt32LE(2 ** 30, at - 4);
        return bytes;
      },
    });
    const call = waitingCall();
    const { documents } = await client.find('job', {}, { limit: 50, sort: { _id: 1 } }, call);
    expect(documents).toHaveLength(19);
    expect(call.warnings).toMatchObject([{ code: 'SOURCE_BAD_DATA', id: IDS[0]?.toHexString() }]);
    expect(call.warnings[0]?.message).toContain('its bytes are no BSON');
  });

  it('gives a document whose date no calendar holds', async () => {
    proxy.intervene = finds({
      rewrite: (bytes) => {
        const at = bytes.indexOf(Buffer.from('\x09at\0', 'latin1'));
        bytes.writeBigInt64LE(2n ** 62n, at + 4);
        return bytes;
      },
    });
    const { documents } = await read();
    expect(documents.map(({ at }) => timeOf(at)).slice(0, 2)).toEqual([null, '1970-01-01T00:00:01.000000Z']);
  });

  it.each([
    // A length that is none.
    ['\xff\xff\xff\xff banana', 'SOURCE_BAD_DATA'],
    // A length that is never reached: the driver waits for the rest.
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'SOURCE_TIMEOUT'],
  ])('is named, in bounded time, where it answers with what is not its protocol', async (garbage, code) => {
    proxy.intervene = finds({ rewrite: () => Buffer.from(garbage, 'latin1') });
    expect(await failure(read(600))).toMatchObject({ code });
    proxy.intervene = () => null;
    await expect(read()).resolves.toMatchObject({ documents: { length: 20 } });
  });

  it('gives a document of 16 MB, and is not asked for what is large in it', async () => {
    const [_id] = IDS;
    await mongo.db.collection<Document>('large').insertOne({ _id, text: 'x'.repeat(16_000_000) });
    const named = { required: ['large'] as const, optional: [] };
    const given = options.parse({ url: proxy.url, database: mongo.database });
    const reader = createMongoClient(given, 'kernel-ci', named, mongoEnv().env);
    const query = { limit: 50, projection: { _id: 1 } } as const;
    expect(await reader.find('large', {}, query, waitingCall(30_000))).toEqual({ documents: [{ _id }], isCut: false });
    const whole = await reader.find('large', {}, { limit: 50 }, waitingCall(30_000));
    expect(whole.documents[0]?.text).toHaveLength(16_000_000);
    await reader.close();
  }, 60_000);

  it('gives no more documents than one read may take of memory', async () => {
    const bytes = serialize({ _id: IDS[0], text: 'x'.repeat(10_000_000) });
    let isClosed = false;
    const cursor = {
      async *[Symbol.asyncIterator]() {
        for (let index = 0; index < 20; index += 1) yield bytes;
      },
      close: async () => {
        isClosed = true;
      },
    };
    const { documents, isCut } = await readDocuments(cursor, 'large', 50, waitingCall());
    expect([documents.length, isCut, isClosed]).toEqual([6, true, true]);
  });

  it('passes a fault of our own on as it is', () => {
    const ours = new TypeError('x is not a function');
    expect(sourceErrorOf(ours, false, (text) => text)).toBe(ours);
    expect(sourceErrorOf(new MongoServerError({ message: 'odd', code: 1 }), false, (text) => text)).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: 'The database failed.',
    });
  });
});
