import { rm } from 'node:fs/promises';
import { type Document, ObjectId } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter, PageQuery } from '../../../adapters/contract/adapter.ts';
import { allFields } from '../../../adapters/contract/fields.ts';
import { adapter } from '../../../adapters/kernelci-mongo/adapter.ts';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { asking } from '../../support/asked-adapter.ts';
import { type MongoEnv, mongoEnv, waitingCall } from '../../support/mongodb/mongo-env.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { type SentCommand, WireProxy } from '../../support/mongodb/wire-proxy.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { COMMITS, IDS, idOf, legacyFixture } from './legacy-documents.ts';

const ALL = { where: null, order: 'NEWEST', first: 100, after: null } as const;
const id = (kind: 'builds' | 'cases', n: number) => `kernelci:kernelci.org:${IDS[kind][n]?.toHexString()}`;
const issueId = (n: number) => `kernelci:regression:${IDS.regressions[n]?.toHexString()}`;
const checkoutId = (commit: string) => `_:kernelci:${commit}`;

describeWithMongo('reads of the legacy system', () => {
  let mongo: OpenMongo;
  let proxy: WireProxy;
  let ground: MongoEnv;
  let source: Adapter;
  const folders: string[] = [];

  const open = async (given: { readonly offline?: boolean; readonly dataDir: string }) => {
    const environment = mongoEnv(given);
    const options = adapter.options.parse({ url: proxy.url, database: mongo.database });
    const made = adapter.create(options, environment.env);
    await made.start();
    return { made, environment };
  };

  beforeAll(async () => {
    mongo = await openMongo();
    await fill(mongo.db, legacyFixture());
    proxy = new WireProxy(mongo.url);
    await proxy.listen();
    const dataDir = await temporaryFolder();
    folders.push(dataDir);
    ({ made: source, environment: ground } = await open({ dataDir }));
  }, MONGO_START_MS);

  afterAll(async () => {
    await source.stop();
    await ground.stop();
    await proxy.close();
    await mongo.drop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  const testsBelow = async (...builds: readonly string[]) => {
    const call = waitingCall(20_000, allFields('test'));
    const pages = await asking(source).related('testsOfBuild', builds, ALL, call);
    return builds.map((build) => {
      const page = pages.get(build);
      return page !== undefined && 'items' in page ? page.items.map(({ object }) => object) : [];
    });
  };

  it('shows one checkout for a commit that lies in several trees', async () => {
    const page = await asking(source).list('checkout', ALL, waitingCall(20_000, allFields('checkout')));
    expect(page.items.map(({ object }) => object.id).sort()).toEqual([COMMITS.a, COMMITS.b, COMMITS.c].map(checkoutId));
    const shared = page.items.find(({ object }) => object.gitCommitHash === COMMITS.a)?.object;
    expect(shared).toMatchObject({ treeName: 'mainline', startTime: '2021-03-23T09:00:00.000000Z' });
    expect(shared?.misc?.kernelci_revisions).toHaveLength(2);
  });

  it('finds builds of all trees below a commit, and those whose job alone names it', async () => {
    const parent = checkoutId(COMMITS.a);
    const page = (await asking(source).related('buildsOfCheckout', [parent], ALL, waitingCall())).get(parent);
    const found = page !== undefined && 'items' in page ? page.items.map(({ object }) => object.id) : [];
    expect(found.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9].map((n) => id('builds', n)));
  });

  it('finds a checkout whose job is gone once a build of it was seen', async () => {
    await asking(source).get('build', [id('builds', 10)], waitingCall());
    const found = await asking(source).get('checkout', [checkoutId(COMMITS.d)], waitingCall());
    expect(found.get(checkoutId(COMMITS.d))).toMatchObject({
      object: { gitRepositoryBranch: 'master', treeName: 'gone' },
    });
    const pages = await asking(source).related('buildsOfCheckout', [checkoutId(COMMITS.d)], ALL, waitingCall());
    expect(pages.get(checkoutId(COMMITS.d))).toMatchObject({ items: [{ object: { id: id('builds', 10) } }] });
  });

  it('gives each test below a build once, though groups name themselves and each other', async () => {
    const [plan, ownParent, cycle] = await testsBelow(id('builds', 0), id('builds', 1), id('builds', 3));
    expect(plan?.filter(({ path }) => path !== 'boot')).toHaveLength(27);
    expect(ownParent?.map((test) => test.id)).toContain(id('cases', 4));
    expect(cycle?.map((test) => test.id).sort()).toEqual([id('cases', 5), id('cases', 6)]);
  });

  it('takes what a set of tests lacks from the groups above it', async () => {
    const found = await asking(source).get('test', [id('cases', 3)], waitingCall(20_000, allFields('test')));
    expect(found.get(id('cases', 3))).toMatchObject({
      object: {
        buildId: id('builds', 0),
        path: 'baseline.dmesg.set.a_b_c',
        environment: { misc: { mach: 'rockchip', instance: 7, rootfs_url: 'https://storage.example.org/rootfs' } },
        misc: { plan: 'baseline', plan_variant: 'baseline-nfs', kernelci_path: 'baseline.dmesg.set.a+b c' },
      },
    });
  });

  it('finds the build of results that were posted before it by what both say', async () => {
    const [arm, riscv] = await testsBelow(id('builds', 2), id('builds', 4));
    expect(arm?.map((test) => test.id).sort()).toEqual([id('cases', 7), id('cases', 8)]);
    expect(riscv?.map((test) => test.id)).toEqual([id('cases', 9)]);
    const found = await asking(source).get('test', [id('cases', 8), id('cases', 9)], waitingCall());
    expect([...found.values()].map((one) => 'object' in one && one.object.buildId)).toEqual([
      id('builds', 2),
      id('builds', 4),
    ]);
  });

  it('shows boots as tests of their builds', async () => {
    const [tests = [], clang = []] = await testsBelow(id('builds', 0), id('builds', 1));
    expect(tests.find(({ path }) => path === 'boot')).toMatchObject({ status: 'PASS', duration: 21.34 });
    expect(clang.find(({ path }) => path === 'boot')).toMatchObject({ status: null });
  });

  it('finds the files of a run that does not name their folder in that of its build', async () => {
    const boot = `kernelci:kernelci.org:boot:${IDS.boots[1]?.toHexString()}`;
    const found = await asking(source).get('test', [boot], waitingCall(20_000, ['logUrl']));
    expect(found.get(boot)).toMatchObject({
      object: { logUrl: 'https://storage.kernelci.org/next/next-20150805/arm/lab-c/boot.txt' },
    });
  });

  it('tells of what cannot be understood below its parents too', async () => {
    const [build, group] = [IDS.builds[0], IDS.groups[0]];
    const revision = { job: 'mainline', git_branch: 'master', kernel: 'v5.12-rc4', git_commit: COMMITS.a };
    const strange = [
      ['build', { _id: 'a build', ...revision }],
      ['test_case', { _id: 'a test', name: 'x', test_group_id: group, status: 'PASS' }],
    ] as const;
    await fill(
      mongo.db,
      strange.map(([collection, document]) => ({ collection, document })),
    );
    const builds = waitingCall();
    await asking(source).related('buildsOfCheckout', [checkoutId(COMMITS.a)], ALL, builds);
    const tests = waitingCall();
    await asking(source).related('testsOfBuild', [`kernelci:kernelci.org:${build?.toHexString()}`], ALL, tests);
    for (const [collection] of strange) {
      await mongo.db.collection<{ _id: unknown }>(collection).deleteMany({ _id: { $type: 'string' } });
    }
    expect([...builds.warnings, ...tests.warnings].map(({ code, id: named }) => [code, named])).toEqual([
      ['SOURCE_BAD_DATA', 'kernelci:kernelci.org:a build'],
      ['SOURCE_BAD_DATA', 'kernelci:kernelci.org:a test'],
    ]);
  });

  it('leaves out a test that no build can be told of, with its id, and gives its siblings', async () => {
    const call = waitingCall();
    const found = await asking(source).get(
      'test',
      [0, 11, 12].map((n) => id('cases', n)),
      call,
    );
    expect([...found.keys()]).toEqual([id('cases', 0)]);
    expect(call.warnings.map((warning) => [warning.code, warning.id])).toEqual(
      [11, 12].map((n) => ['SOURCE_BAD_DATA', id('cases', n)]),
    );
  });

  it('warns of a status that is none, and gives the rest', async () => {
    const call = waitingCall(20_000, allFields('test'));
    const found = await asking(source).get('test', [id('cases', 7)], call);
    expect(found.get(id('cases', 7))).toMatchObject({ object: { status: null, misc: { kernelci_status: 'STRANGE' } } });
    expect(call.warnings.map(({ id: named }) => named)).toEqual([id('cases', 7)]);
  });

  it('tells a regression that went on once, by its first document', async () => {
    const page = await asking(source).list('issue', ALL, waitingCall(20_000, allFields('issue')));
    expect(page.items.map(({ object }) => object.id)).toEqual([issueId(3), issueId(0)]);
    expect(page.items[1]?.object).toMatchObject({ comment: '0123456789ab foo: break bar', culprit: { code: true } });
    const later = await asking(source).get('issue', [issueId(2)], waitingCall());
    expect(later.get(issueId(2))).toMatchObject({ object: { id: issueId(0) } });
  });

  it('gives each failure of a regression as one incident, below its issue, its build and its test', async () => {
    const call = () => waitingCall(20_000, allFields('incident'));
    const page = await asking(source).list('incident', ALL, call());
    expect(page.items.map(({ object }) => [object.issueId, object.testId]).sort()).toEqual(
      [
        ...[34, 35, 36].map((n) => [issueId(0), id('cases', n)]),
        ...[13, 37].map((n) => [issueId(3), id('cases', n)]),
      ].sort(),
    );
    const below = async (relation: 'incidentsOfIssue' | 'incidentsOfBuild' | 'incidentsOfTest', parent: string) => {
      const found = (await asking(source).related(relation, [parent], ALL, call())).get(parent);
      return found !== undefined && 'items' in found ? found.items.map(({ object }) => object.testId).sort() : [];
    };
    expect(await below('incidentsOfIssue', issueId(0))).toEqual([34, 35, 36].map((n) => id('cases', n)));
    expect(await below('incidentsOfTest', id('cases', 36))).toEqual([id('cases', 36)]);
    expect(await below('incidentsOfBuild', id('builds', 0))).toEqual([34, 37].map((n) => id('cases', n)));
    expect(await below('incidentsOfIssue', issueId(2))).toEqual([]);
  });

  it('asks for what is selected, of the named collections, and of nothing else', async () => {
    proxy.commands.length = 0;
    await asking(source).list('build', ALL, waitingCall(20_000, ['id', 'status']));
    const [command] = proxy.commands;
    expect(Object.keys(Object(command?.body.projection)).sort()).toEqual(
      ['_id', 'created_on', 'git_branch', 'git_commit', 'job', 'kernel', 'status'].sort(),
    );
    expect(proxy.commands.some(({ collection }) => collection === 'error_logs')).toBe(false);
    proxy.commands.length = 0;
    for (const entity of ['checkout', 'build', 'test', 'issue', 'incident'] as const) {
      await asking(source).list(entity, { ...ALL }, waitingCall(20_000, allFields(entity)));
    }
    const named = new Set(
      proxy.commands.filter(({ name }) => name !== 'listCollections').map(({ collection }) => collection),
    );
    const allowed = ['job', 'build', 'test_group', 'test_case', 'test_regression', 'bisect', 'error_logs', 'boot'];
    expect([...named].filter((name) => !allowed.includes(name))).toEqual([]);
    expect([...new Set(proxy.commands.map(({ name }) => name))].sort()).toEqual(['find']);
  });

  it('waits no longer than the call does', async () => {
    proxy.commands.length = 0;
    await asking(source).get('build', [id('builds', 0)], waitingCall(5000));
    const limit = Number(proxy.commands.at(-1)?.body.maxTimeMS);
    expect(limit).toBeGreaterThan(3000);
    expect(limit).toBeLessThanOrEqual(5000);
  });

  describe('the index of revisions', () => {
    it('answers after a restart from disk, also where nothing may be asked', async () => {
      const dataDir = await temporaryFolder();
      folders.push(dataDir);
      const first = await open({ dataDir });
      await asking(first.made).get('checkout', [checkoutId(COMMITS.a)], waitingCall());
      await first.made.stop();
      await first.environment.stop();
      const offline = await open({ dataDir, offline: true });
      const found = await asking(offline.made).get('checkout', [checkoutId(COMMITS.a)], waitingCall());
      expect(found.get(checkoutId(COMMITS.a))).toMatchObject({ object: { treeName: 'mainline' } });
      expect((await offline.made.health(waitingCall())).detail).toContain('5 revisions');
      expect(offline.environment.requests()).toBe(0);
      await offline.made.stop();
      await offline.environment.stop();
    });

    it('says at the deadline that it is still filling, and where the source fails, why', async () => {
      const dataDir = await temporaryFolder();
      folders.push(dataDir);
      proxy.intervene = ({ collection }) => (collection === 'job' ? 'silence' : null);
      const { made, environment } = await open({ dataDir });
      const call = waitingCall(1500);
      const pages = await asking(made).related('checkoutsOfRevision', [COMMITS.a], ALL, call);
      expect(pages.get(COMMITS.a)).toEqual({ items: [], hasMore: true, pending: true });
      expect(call.warnings.map(({ code }) => code)).toEqual(['SOURCE_TRUNCATED']);
      await made.stop();
      await environment.stop();
      proxy.intervene = ({ collection }) =>
        collection === 'job'
          ? { reply: { ok: 0, code: 13, errmsg: 'not authorized', codeName: 'Unauthorized' } }
          : null;
      const refused = await open({ dataDir });
      await expect(asking(refused.made).get('checkout', [checkoutId(COMMITS.a)], waitingCall())).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
      });
      proxy.intervene = () => null;
      const found = await asking(refused.made).get('checkout', [checkoutId(COMMITS.a)], waitingCall());
      expect(found.size).toBe(1);
      await refused.made.stop();
      await refused.environment.stop();
    });
  });
});

describeWithMongo('a page of 50 builds with 20 tests each', () => {
  let mongo: OpenMongo;
  const folders: string[] = [];
  beforeAll(async () => {
    mongo = await openMongo();
  }, MONGO_START_MS);
  afterAll(async () => {
    await mongo.drop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  it('takes one request for the builds and one for the tests, a statement a level', async () => {
    const revision = { job: 'mainline', git_branch: 'master', kernel: 'v6', git_commit: COMMITS.a };
    const documents: { collection: string; document: Document }[] = [];
    const put = (collection: string, document: Document) => documents.push({ collection, document });
    put('job', { _id: idOf('2021-03-23', 1), ...revision });
    for (let n = 0; n < 50; n++) {
      const build = idOf('2021-03-23', 1000 + n);
      const [plan, suite] = [new ObjectId(), new ObjectId()];
      put('build', { _id: build, created_on: new Date(1.6e12 + n), arch: 'arm64', ...revision });
      const group = { ...revision, build_id: build, test_cases: [], version: '1.1' };
      put('test_group', { ...group, _id: plan, name: 'baseline', parent_id: null, sub_groups: [suite] });
      put('test_group', { ...group, _id: suite, name: 'dmesg', parent_id: plan, build_id: null, sub_groups: [] });
      for (let one = 0; one < 20; one++) {
        const place = { test_group_id: one % 2 === 0 ? plan : suite, created_on: new Date(1.61e12 + one) };
        put('test_case', { _id: new ObjectId(), name: `t${one}`, status: 'PASS', ...place });
      }
    }
    await fill(mongo.db, documents);
    const dataDir = await temporaryFolder();
    folders.push(dataDir);
    const proxy = new WireProxy(mongo.url);
    await proxy.listen();
    const { env, clientRequests, stop } = mongoEnv({ dataDir });
    const source = adapter.create(adapter.options.parse({ url: proxy.url, database: mongo.database }), env);
    await source.start();
    await asking(source).get('checkout', [checkoutId(COMMITS.a)], waitingCall());
    // The sweep may look for new jobs at any time.
    const isOfSweep = ({ collection, body }: SentCommand) => collection === 'job' && '$gt' in body.filter._id;
    const commandsOfReads = () => proxy.commands.filter((command) => !isOfSweep(command)).length;
    const [requests, commands] = [clientRequests(), commandsOfReads()];
    const query: PageQuery<'build'> = { ...ALL, first: 50 };
    const builds = await asking(source).list('build', query, waitingCall(20_000, allFields('build')));
    const parents = builds.items.map(({ object }) => object.id);
    const tests = await asking(source).related(
      'testsOfBuild',
      parents,
      { ...ALL, first: 20 },
      waitingCall(20_000, allFields('test')),
    );
    const counts = [...tests.values()].map((page) => ('items' in page ? page.items.length : 0));
    expect(counts).toEqual(Array(50).fill(20));
    expect(clientRequests() - requests).toBe(2);
    // Builds and what they are told by; groups and boots beside them, groups within, tests.
    expect(commandsOfReads() - commands).toBeLessThanOrEqual(2 + 6);
    await source.stop();
    await stop();
    await proxy.close();
  });
});
