import type { Document } from 'bson';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Adapter, AdapterModule, Call, Page, Place } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { allFields } from '../../../adapters/contract/fields.ts';
import type { Entities } from '../../../adapters/contract/model.ts';
import type { CollectionDocument } from '../../../examples/generators/kernelci/collection-document.ts';
import type { CollectionIndex } from '../../../examples/generators/kernelci/collection-index.ts';
import { createIndexes, fill } from '../../../examples/generators/kernelci/fill.ts';
import { asking } from '../asked-adapter.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import { READS } from './command-read.ts';
import { type MongoEnv, mongoEnv, waitingCall } from './mongo-env.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from './mongodb.ts';
import { type Intervention, WireProxy } from './wire-proxy.ts';

/** What is broken. */
export interface FaultSubject<O> {
  readonly module: AdapterModule<O>;
  readonly indexes: readonly CollectionIndex[];
  readonly documents: () => Iterable<CollectionDocument>;
  /** The collections whose absence is told. */
  readonly required: readonly string[];
  /** Documents that nobody should have written. */
  readonly odd: readonly CollectionDocument[];
  /** A whole test, and the field in which it can be large. */
  readonly large: { readonly collection: string; readonly set: Document };
}

const WAIT_MS = 20_000;
const PAGE = 15;
/** What stands in some of the documents. */
const TEXTS = ['v5.', 'acer-', 'bcm2711', 'qemu-x86', 'kubernetes'];

/** Whatever befalls the database: the answer comes in time, says what is wrong, and the next one is whole again. */
export function describeFaults<O>(name: string, subject: FaultSubject<O>): void {
  describeWithMongo(`${name} on a database that fails`, () => {
    let mongo: OpenMongo;
    let proxy: WireProxy;
    let folder: string;
    let made: MongoEnv;
    let adapter: Adapter;

    const create = (url: string, database: string, { env }: MongoEnv) =>
      subject.module.create(subject.module.options.parse({ url, database, connectTimeout: 700 }), env);
    const list = (call: Call, after: Place | null = null, first = PAGE) =>
      asking(adapter).list('test', { where: null, order: 'NEWEST', first, after }, call);
    /** Of an adapter of its own, which knows nothing yet. */
    const reading = async (url: string, database: string) => {
      const own = mongoEnv({ dataDir: `${folder}/other` });
      const other = create(url, database, own);
      await other.start();
      try {
        return await failure(
          asking(other).list('build', { where: null, order: 'NEWEST', first: 1, after: null }, waitingCall(5000)),
        );
      } finally {
        await other.stop();
        await own.stop();
      }
    };
    const intervene = (intervention: Intervention, times = Number.POSITIVE_INFINITY) => {
      let left = times;
      proxy.intervene = (command) => {
        if (!READS.has(command.name) || left <= 0) return null;
        left -= 1;
        return intervention;
      };
    };

    beforeAll(async () => {
      mongo = await openMongo();
      proxy = new WireProxy(mongo.url);
      await proxy.listen();
      folder = await temporaryFolder();
      await createIndexes(mongo.db, subject.indexes);
      await fill(mongo.db, subject.documents());
      made = mongoEnv({ dataDir: folder });
      adapter = create(proxy.url, mongo.database, made);
      await adapter.start();
      expect((await list(waitingCall(WAIT_MS))).items.length).toBeGreaterThan(0);
    }, MONGO_START_MS);
    afterEach(() => {
      proxy.intervene = () => null;
    });
    afterAll(async () => {
      await adapter?.stop();
      await made?.stop();
      await proxy?.close();
      await mongo?.drop();
      await removeFolder(folder);
    });

    it('starts although nothing is there, is told so in bounded time, and finds it when it is there', async () => {
      await proxy.close();
      const own = mongoEnv({ dataDir: `${folder}/early` });
      const early = create(proxy.url, mongo.database, own);
      await early.start();
      const start = performance.now();
      const query = { where: null, order: 'NEWEST', first: 1, after: null } as const;
      expect(await failure(asking(early).list('build', query, waitingCall(5000)))).toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
      });
      expect(performance.now() - start).toBeLessThan(4000);
      expect((await early.health(waitingCall(3000)).catch(() => ({ ok: false }))).ok).toBe(false);
      await proxy.listen();
      expect((await asking(early).list('build', query, waitingCall(WAIT_MS))).items).toHaveLength(1);
      await early.stop();
      await own.stop();
    });

    it('ends at the deadline where the server is slow', async () => {
      intervene({ delayMs: 5000 });
      const start = performance.now();
      expect(await failure(list(waitingCall(400)))).toMatchObject({ code: 'SOURCE_TIMEOUT' });
      expect(performance.now() - start).toBeLessThan(1500);
      proxy.intervene = () => null;
      expect((await list(waitingCall(WAIT_MS))).items).toHaveLength(PAGE);
    });

    it('goes on where it was after the server was killed in the middle of a list', async () => {
      const whole = (await list(waitingCall(WAIT_MS), null, 3 * PAGE)).items.map(({ tie }) => tie);
      const found: string[] = [];
      let after: Place | null = null;
      for (let page = 0; page < 3; page += 1) {
        if (page === 1) {
          await proxy.close();
          await mongo.process?.kill();
          await mongo.process?.begin();
          await proxy.listen();
        }
        const { items } = await list(waitingCall(WAIT_MS), after);
        found.push(...items.map(({ tie }) => tie));
        after = items.at(-1) ?? null;
      }
      expect(found).toEqual(whole);
    }, 60_000);

    it.each([
      [10_107, 'not primary', 'changing its primary'],
      [189, 'the primary stepped down', 'changing its primary'],
      [91, 'shutdown in progress', 'stopping'],
      [237, 'the cursor was killed', 'ended the read'],
    ])('asks once more after %i (%s), and says so where that does not help', async (code, errmsg, words) => {
      const reply = { ok: 0, code, errmsg };
      intervene({ reply }, 1);
      expect((await list(waitingCall(WAIT_MS))).items).toHaveLength(PAGE);
      intervene({ reply });
      const error = await failure(list(waitingCall(5000)));
      expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining(words) });
      proxy.intervene = () => null;
      expect((await list(waitingCall(WAIT_MS))).items).toHaveLength(PAGE);
    });

    it('tells wrong credentials, without showing them', async () => {
      proxy.intervene = ({ name: command }) =>
        command.startsWith('sasl') ? { reply: { ok: 0, code: 18, errmsg: 'Authentication failed for wizard' } } : null;
      const error = await reading(proxy.url.replace('//', '//wizard:hunter2@'), mongo.database);
      expect(error).toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: 'The database refused the credentials of the source.',
      });
      expect(`${error.stack} ${String(error.cause)}`).not.toMatch(/wizard|hunter2/);
    });

    it('tells a wrong database by the collections that it lacks', async () => {
      const error = await reading(proxy.url, `${mongo.database}_other`);
      expect(error.code).toBe('SOURCE_UNAVAILABLE');
      for (const collection of subject.required) expect(error.message).toContain(`\`${collection}\``);
    });

    it('gives text that is not UTF-8 with U+FFFD in it, and tells the record', async () => {
      const call = waitingCall(WAIT_MS, allFields('test'));
      intervene({ rewrite: (bytes) => replaced(bytes, ...TEXTS) });
      const { items } = await list(call);
      expect(items).toHaveLength(PAGE);
      const told = call.warnings.filter(({ message }) => message.includes('not UTF-8'));
      expect(told.length).toBeGreaterThan(0);
      expect(told.every(({ code, id }) => code === 'SOURCE_BAD_DATA' && id !== null)).toBe(true);
    });

    it('gives the siblings of a document of 16 MB, which costs nothing where its text is not asked for', async () => {
      const collection = mongo.db.collection(subject.large.collection);
      const [item] = (await list(waitingCall(WAIT_MS))).items;
      const hex = item?.object.id.slice(-24) ?? '';
      const [original] = (await collection.find().toArray()).filter(({ _id }) => String(_id) === hex);
      if (original === undefined) throw new Error(`There is no document ${hex}.`);
      await collection.replaceOne({ _id: original._id }, { ...original, ...subject.large.set });
      let bytes = 0;
      intervene({
        rewrite: (reply) => {
          bytes += reply.length;
          return reply;
        },
      });
      const { items } = await list(waitingCall(WAIT_MS, ['id', 'path', 'status']));
      expect(items.map(({ object }) => object.id)).toContain(item?.object.id);
      expect(bytes).toBeLessThan(2_000_000);
      proxy.intervene = () => null;
      const all = await list(waitingCall(WAIT_MS, allFields('test')));
      expect(all.items).toHaveLength(PAGE);
      expect(JSON.stringify(all.items).length).toBeLessThan(40_000_000);
      await collection.replaceOne({ _id: original._id }, original);
    }, 120_000);

    it('gives the siblings of documents that nobody should have written, and tells those', async () => {
      const before = await walk(adapter);
      await fill(mongo.db, subject.odd);
      const after = await walk(adapter);
      expect(after.ids).toEqual(expect.arrayContaining(before.ids));
      expect(after.warnings.filter(({ code }) => code !== 'SOURCE_BAD_DATA' && code !== 'SOURCE_TRUNCATED')).toEqual(
        [],
      );
      const times = after.times.filter(
        (time) => time !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time),
      );
      expect(times).toEqual([]);
    }, 120_000);
  });
}

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceError)) throw new Error(`It did not fail with a SourceError, but: ${String(error)}`);
  return error;
}

/** All builds and tests, to the end. */
async function walk(adapter: Adapter) {
  const ids: string[] = [];
  const times: (string | null)[] = [];
  const warnings: SourceError[] = [];
  for (const entity of ['build', 'test'] as const) {
    let after: Place | null = null;
    for (let pages = 0; pages < 100; pages += 1) {
      const call = waitingCall(WAIT_MS, allFields(entity));
      const page: Page<Entities[typeof entity]> = await asking(adapter).list(
        entity,
        { where: null, order: 'OLDEST', first: 100, after },
        call,
      );
      ids.push(...page.items.map(({ object }) => object.id));
      times.push(...page.items.map(({ time }) => time));
      warnings.push(...call.warnings);
      const last = page.items.at(-1);
      if (last === undefined || !page.hasMore) break;
      after = last;
    }
  }
  return { ids, times, warnings };
}

/** Every such text with a byte in it that is never part of UTF-8. */
function replaced(bytes: Buffer, ...texts: readonly string[]): Buffer {
  for (const text of texts) {
    for (let at = bytes.indexOf(text, 21); at >= 0; at = bytes.indexOf(text, at + 1)) bytes[at + 1] = 0xff;
  }
  return bytes;
}
