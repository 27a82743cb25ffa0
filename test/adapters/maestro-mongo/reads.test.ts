import type { Document } from 'bson';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Page, PageQuery, Place, RelationName } from '../../../adapters/contract/adapter.ts';
import { type Entities, type EntityName, isPlaceholder } from '../../../adapters/contract/model.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { maestroDocuments } from '../../../examples/generators/kernelci/maestro.ts';
import { asking } from '../../support/asked-adapter.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { type OpenSource, openSource } from './open-source.ts';

const ALL: PageQuery<'test'> = { where: null, order: 'NEWEST', first: 500, after: null };
const absent = `maestro:${'0'.repeat(24)}`;
const TEST_KINDS = new Set(['job', 'test', 'process']);

/** What the documents say, told from them alone. */
class Oracle {
  readonly #nodes: ReadonlyMap<string, Document>;

  constructor(documents: readonly Document[]) {
    this.#nodes = new Map(documents.map((document) => [String(document._id), document]));
  }

  get checkouts(): readonly Document[] {
    return [...this.#nodes.values()].filter(({ kind }) => kind === 'checkout' || kind === 'node');
  }

  get builds(): readonly Document[] {
    return [...this.#nodes.values()].filter(({ kind }) => kind === 'kbuild');
  }

  get tests(): readonly Document[] {
    return [...this.#nodes.values()].filter(({ kind }) => TEST_KINDS.has(kind));
  }

  buildOf(test: Document): string {
    const above = this.#nodes.get(String(test.parent));
    if (above?.kind === 'kbuild') return `maestro:${String(above._id)}`;
    if (above?.kind !== 'checkout') return this.buildOf({ ...above, data: test.data });
    return `maestro:dummy_${String(above._id)}${test.data.arch ? `_${test.data.arch}` : ''}`;
  }

  /** Those that tests hang on which hang straight from a checkout. */
  get placeholders(): readonly string[] {
    return [...new Set(this.tests.map((test) => this.buildOf(test)))].filter(isPlaceholder);
  }

  commitOf(checkout: Document): string {
    return checkout.data?.kernel_revision?.commit ?? checkout.revision?.commit;
  }
}

const idsIn = (documents: readonly Document[]) => documents.map(({ _id }) => `maestro:${String(_id)}`).sort();

/** Ways in which a database can be read: each must give the same. */
const WAYS: readonly (readonly [way: string, options: object, indexes: readonly string[]])[] = [
  ['a small database', {}, []],
  ['a large one without any index', { scanned: 0 }, []],
  ['a large one with an index of parents', { scanned: 0 }, ['parent']],
  ['a large one with an index of trees', { scanned: 0 }, ['treeid']],
];

describeWithMongo.each(WAYS)('reads of %s', (_way, options, indexes) => {
  let mongo: OpenMongo;
  let source: OpenSource;
  let oracle: Oracle;

  beforeAll(async () => {
    mongo = await openMongo();
    const documents = [...maestroDocuments({ seed: 11, nodes: 130, builds: 2 })];
    oracle = new Oracle(documents.map(({ document }) => document));
    await fill(mongo.db, documents);
    for (const field of indexes) await mongo.db.collection('node').createIndex({ [field]: 1 });
    source = await openSource(mongo, options);
    // Of a large one the index of checkouts is filled first, which it says.
    await asking(source.adapter).related('testsOfBuild', [absent], { ...ALL, where: null }, source.call('test'));
    const isFilled = async () => expect(await source.adapter.health(source.call('test'))).toEqual({ ok: true });
    await vi.waitFor(isFilled, { timeout: 60_000, interval: 100 });
  }, MONGO_START_MS);

  afterAll(async () => {
    await source.close();
    await mongo.drop();
  });

  const listed = async <E extends EntityName>(entity: E): Promise<readonly Entities[E][]> => {
    const { items, hasMore } = await asking(source.adapter).list(entity, { ...ALL, where: null }, source.call(entity));
    expect(hasMore).toBe(false);
    return items.map(({ object }) => object);
  };
  const below = async <R extends RelationName>(relation: R, entity: EntityName, parents: readonly string[]) => {
    const pages = await asking(source.adapter).related(relation, parents, { ...ALL, where: null }, source.call(entity));
    return (parent: string): readonly string[] => {
      const page = pages.get(parent);
      if (page === undefined || !('items' in page)) throw page ?? new Error('There is no page.');
      const { items, hasMore }: Page<{ readonly id: string }> = page;
      expect(hasMore).toBe(false);
      return items.map(({ object }) => object.id).sort();
    };
  };

  it('list every node once, as what it is', async () => {
    expect((await listed('checkout')).map(({ id }) => id).sort()).toEqual(idsIn(oracle.checkouts));
    const builds = [...idsIn(oracle.builds), ...oracle.placeholders].sort();
    expect((await listed('build')).map(({ id }) => id).sort()).toEqual(builds);
    const tests = await listed('test');
    expect(tests.map(({ id }) => id).sort()).toEqual(idsIn(oracle.tests));
    const buildOf = new Map(oracle.tests.map((test) => [`maestro:${String(test._id)}`, oracle.buildOf(test)]));
    expect(new Map(tests.map(({ id, buildId }) => [id, buildId]))).toEqual(buildOf);
    expect(source.told).toEqual([]);
  });

  it('find each object again by its id', async () => {
    for (const entity of ['checkout', 'build', 'test'] as const) {
      const objects = await listed(entity);
      const found = await asking(source.adapter).get(
        entity,
        objects.map(({ id }) => id),
        source.call(entity),
      );
      expect([...found.values()].map((one) => 'object' in one && one.object)).toEqual(
        expect.arrayContaining([...objects]),
      );
      expect(found.size).toBe(objects.length);
    }
  });

  it('give the checkouts of commits, by whole hashes and by a beginning', async () => {
    const commits = [...new Set(oracle.checkouts.map((checkout) => oracle.commitOf(checkout)))];
    const byCommit = await below('checkoutsOfRevision', 'checkout', commits);
    for (const commit of commits) {
      const wanted = idsIn(oracle.checkouts.filter((checkout) => oracle.commitOf(checkout) === commit));
      expect(byCommit(commit)).toEqual(wanted);
    }
    const [commit = ''] = commits;
    const where = { gitCommitHash: { prefix: commit.slice(0, 12).toUpperCase() } };
    const { items } = await asking(source.adapter).list('checkout', { ...ALL, where }, source.call('checkout'));
    expect(items.map(({ object }) => object.id).sort()).toEqual(byCommit(commit));
  });

  it('give the builds of checkouts', async () => {
    const parents = idsIn(oracle.checkouts);
    const byCheckout = await below('buildsOfCheckout', 'build', parents);
    for (const parent of parents) {
      const built = idsIn(oracle.builds.filter((build) => `maestro:${build.parent}` === parent));
      const others = oracle.placeholders.filter((id) => id.includes(parent.slice('maestro:'.length)));
      expect(byCheckout(parent)).toEqual([...built, ...others].sort());
    }
  });

  it('count of the builds of checkouts only those that were built', async () => {
    const parents = idsIn(oracle.checkouts);
    const subject = { relation: 'buildsOfCheckout', parents, where: null } as const;
    const counts = await asking(source.adapter).count?.(subject, source.call('build'));
    const built = parents.map((parent) => oracle.builds.filter((build) => `maestro:${build.parent}` === parent).length);
    expect(oracle.placeholders.length).toBeGreaterThan(0);
    expect(parents.map((parent) => counts?.get(parent) ?? { total: 0 })).toMatchObject(
      built.map((total) => ({ total })),
    );
  });

  it.each(['NEWEST', 'OLDEST'] as const)('list builds, %s first, page by page', async (order) => {
    const seen: string[] = [];
    let after: Place | null = null;
    for (let pages = 0; pages < 500; pages++) {
      const query = { where: null, order, first: 11, after };
      const page: Page<{ readonly id: string }> = await asking(source.adapter).list(
        'build',
        query,
        source.call('build'),
      );
      seen.push(...page.items.map(({ object }) => object.id));
      after = page.items.at(-1) ?? null;
      if (!page.hasMore || after === null) break;
    }
    expect(seen.toSorted()).toEqual([...idsIn(oracle.builds), ...oracle.placeholders].sort());
  });

  it('give the tests of builds, and of placeholders', async () => {
    const parents = [...new Set([...idsIn(oracle.builds), ...oracle.tests.map((test) => oracle.buildOf(test))])];
    expect(parents.some((parent) => parent.includes('dummy'))).toBe(true);
    const byBuild = await below('testsOfBuild', 'test', parents);
    for (const parent of parents) {
      expect(byBuild(parent)).toEqual(idsIn(oracle.tests.filter((test) => oracle.buildOf(test) === parent)));
    }
  });

  it('make a placeholder build out of its checkout', async () => {
    const test = oracle.tests.find((one) => oracle.buildOf(one).endsWith('_x86_64'));
    if (test === undefined) throw new Error('The generator made no test that hangs from a checkout.');
    const id = oracle.buildOf(test);
    const [, checkout = ''] = /dummy_([0-9a-f]+)_/.exec(id) ?? [];
    const absent = 'maestro:dummy_000000000000000000000000_x86_64';
    const found = await asking(source.adapter).get('build', [id, absent], source.call('build'));
    expect([...found.keys()]).toEqual([id]);
    expect(found.get(id)).toMatchObject({
      object: {
        ...{ id, origin: 'maestro', checkoutId: `maestro:${checkout}`, architecture: 'x86_64', status: null },
        comment: 'Dummy build for tests hanging from checkout',
      },
    });
    expect((await listed('build')).find((build) => build.id === id)).toMatchObject({ id, architecture: 'x86_64' });
  });
});
