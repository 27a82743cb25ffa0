import type { Document } from 'bson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Adapter, AdapterModule, StoredObject } from '../../../../adapters/contract/adapter.ts';
import { allFields } from '../../../../adapters/contract/fields.ts';
import type { Entities, EntityName } from '../../../../adapters/contract/model.ts';
import { adapter as legacyModule } from '../../../../adapters/kernelci-mongo/adapter.ts';
import { idAt } from '../../../../adapters/kit/mongo/documents.ts';
import { adapter as maestroModule } from '../../../../adapters/maestro-mongo/adapter.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { FederatedGateway } from '../../../support/federated-gateway.ts';
import { type MongoEnv, mongoEnv, waitingCall } from '../../../support/mongodb/mongo-env.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../../support/mongodb/mongodb.ts';
import { WireProxy } from '../../../support/mongodb/wire-proxy.ts';
import { type OpenStore, openStore } from '../../../support/open-store.ts';
import { usePostgres } from '../../../support/postgres.ts';
import { postgresSource } from '../../../support/postgres-source.ts';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.ts';

const COMMIT = '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615';
const [BUILDS, TESTS] = [50, 20];
const NATURAL = { job: 'mainline', git_branch: 'master', kernel: 'v6.9-rc1' };
const URL = 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git';
const id = (kind: number, build = 0, test = 0) => idAt((1_720_000_000 + kind * 1_000_000 + build * 100 + test) * 1000);
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

function* legacyTree(): Generator<readonly [string, Document]> {
  const of = { ...NATURAL, git_commit: COMMIT, git_url: URL, git_describe: NATURAL.kernel };
  yield ['job', { _id: id(0), ...of, status: 'PASS', created_on: new Date() }];
  for (const build of numbers(BUILDS)) {
    const traits = {
      arch: 'arm64',
      defconfig: 'defconfig',
      defconfig_full: `defconfig+${build}`,
      build_environment: 'gcc-8',
    };
    const made = { ...of, ...traits, job_id: id(0), created_on: new Date() };
    yield ['build', { _id: id(1, build), ...made, status: 'PASS' }];
    const cases = numbers(TESTS).map((test) => id(3, build, test));
    const group = {
      ...made,
      name: 'baseline',
      build_id: id(1, build),
      parent_id: null,
      sub_groups: [],
      test_cases: cases,
    };
    yield ['test_group', { _id: id(2, build), ...group, device_type: 'a-board', lab_name: 'lab-here' }];
    for (const test of numbers(TESTS)) {
      const one = { name: `case-${test}`, test_group_id: id(2, build), status: 'PASS', created_on: new Date() };
      yield [
        'test_case',
        { _id: id(3, build, test), ...NATURAL, ...one, test_case_path: `baseline.case-${test}`, plan: 'baseline' },
      ];
    }
  }
}

function* maestroTree(): Generator<readonly [string, Document]> {
  const revision = { tree: 'mainline', url: URL, branch: 'master', commit: COMMIT, describe: NATURAL.kernel };
  const common = { state: 'done', result: 'pass', artifacts: {}, created: new Date(), treeid: 'a'.repeat(64) };
  const data = { kernel_revision: revision, arch: 'x86_64', platform: 'a-board', runtime: 'lava-here' };
  yield ['node', { _id: id(4), ...common, kind: 'checkout', name: 'checkout', path: ['checkout'], parent: null, data }];
  for (const build of numbers(BUILDS)) {
    const path = ['checkout', `kbuild-gcc-14-x86-${build}`];
    yield ['node', { _id: id(5, build), ...common, kind: 'kbuild', name: path[1], path, parent: id(4), data }];
    const job = [...path, 'baseline-x86'];
    yield [
      'node',
      { _id: id(6, build), ...common, kind: 'job', name: 'baseline-x86', path: job, parent: id(5, build), data },
    ];
    for (const test of numbers(TESTS - 1)) {
      const own = { kind: 'test', name: `case-${test}`, path: [...job, `case-${test}`], parent: id(6, build) };
      yield ['node', { _id: id(7, build, test), ...common, ...own, data }];
    }
  }
}

interface Node {
  readonly id: string;
  readonly sources: readonly string[];
}
interface Page {
  readonly revision: {
    readonly builds: { readonly nodes: readonly (Node & { readonly tests: { readonly nodes: readonly Node[] } })[] };
  };
}

describeWithMongo('one revision over the native store, the legacy system and Maestro', () => {
  const postgres = usePostgres();
  const envs: MongoEnv[] = [];
  let proxy: WireProxy;
  const adapters: Adapter[] = [];
  let mongo: OpenMongo;
  let folder: string;
  let native: OpenStore;
  let gateway: FederatedGateway;

  const open = async <O>(module: AdapterModule<O>, database: string): Promise<Adapter> => {
    const made = mongoEnv({ dataDir: `${folder}/${module.name}` });
    const adapter = module.create(module.options.parse({ url: proxy.url, database }), made.env);
    envs.push(made);
    adapters.push(adapter);
    await adapter.start();
    return adapter;
  };
  const requests = () => envs.map((made) => made.requests());
  const one = async <E extends EntityName>(adapter: Adapter, entity: E, key: string): Promise<Entities[E]> => {
    const found = (await asking(adapter).get(entity, [key], waitingCall(20_000, allFields(entity)))).get(key);
    if (found === undefined || !('object' in found)) throw new Error(`There is no ${entity} ${key}.`);
    return found.object;
  };

  beforeAll(async () => {
    mongo = await openMongo();
    proxy = new WireProxy(mongo.url);
    await proxy.listen();
    folder = await temporaryFolder();
    const other = mongo.another();
    for (const [db, tree] of [
      [mongo.db, legacyTree()],
      [other, maestroTree()],
    ] as const) {
      for (const [collection, documents] of Map.groupBy(tree, ([name]) => name)) {
        await db.collection(collection).insertMany(documents.map(([, document]) => document));
      }
    }
    const legacy = await open(legacyModule, mongo.database);
    const maestro = await open(maestroModule, other.databaseName);
    // What reached KCIDB: the same objects, of which one has another status since.
    const stored: StoredObject[] = [
      { entity: 'checkout', object: await one(maestro, 'checkout', `maestro:${id(4).toHexString()}`) },
      { entity: 'build', object: await one(maestro, 'build', `maestro:${id(5, 3).toHexString()}`) },
      {
        entity: 'test',
        object: { ...(await one(maestro, 'test', `maestro:${id(7, 3, 4).toHexString()}`)), status: 'FAIL' },
      },
      { entity: 'build', object: await one(legacy, 'build', `kernelci:kernelci.org:${id(1, 5).toHexString()}`) },
    ];
    const url = await postgres.migrated();
    native = openStore(url);
    await native.load(...stored);
    gateway = new FederatedGateway([
      { name: 'native', adapter: postgresSource(url).source },
      { name: 'legacy', adapter: legacy },
      { name: 'maestro', adapter: maestro },
    ]);
    // What each source has to find out once.
    await gateway.ask(
      `{ revision(gitCommitHash: "${COMMIT}") { builds(first: 1) { nodes { tests(first: 1) { nodes { id } } } } } }`,
    );
  }, MONGO_START_MS);
  afterAll(async () => {
    for (const adapter of adapters) await adapter.stop();
    for (const made of envs) await made.stop();
    await native?.stop();
    await proxy?.close();
    await mongo?.drop();
    await removeFolder(folder);
  });

  it('shows a test of Maestro that reached KCIDB once, with both sources and what they disagree on', async () => {
    const key = `maestro:${id(7, 3, 4).toHexString()}`;
    const { data, errors } = await gateway.ask(
      `{ test(id: "${key}") { id status sources conflicts { field values { value source } } build { id sources checkout { id sources } } } }`,
    );
    expect(errors).toEqual([]);
    const build = { id: `maestro:${id(5, 3).toHexString()}`, sources: ['native', 'maestro'] };
    expect(data).toMatchObject({
      test: {
        ...{ id: key, status: 'FAIL', sources: ['native', 'maestro'] },
        conflicts: [
          {
            field: 'status',
            values: [
              { value: 'FAIL', source: 'native' },
              { value: 'PASS', source: 'maestro' },
            ],
          },
        ],
        build: { ...build, checkout: { id: `maestro:${id(4).toHexString()}`, sources: ['native', 'maestro'] } },
      },
    });
  });

  it('gives the checkouts of all sources, and every build once', async () => {
    const { data, errors } = await gateway.ask(`{
      revision(gitCommitHash: "${COMMIT}") {
        checkouts { nodes { id sources } }
        builds(first: 100) { totalCount nodes { id sources } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      revision: {
        checkouts: {
          nodes: expect.arrayContaining([
            { id: `maestro:${id(4).toHexString()}`, sources: ['native', 'maestro'] },
            { id: `_:kernelci:${COMMIT}`, sources: ['legacy'] },
          ]),
        },
        builds: {
          totalCount: 2 * BUILDS,
          nodes: expect.arrayContaining([
            { id: `maestro:${id(5, 3).toHexString()}`, sources: ['native', 'maestro'] },
            { id: `kernelci:kernelci.org:${id(1, 5).toHexString()}`, sources: ['native', 'legacy'] },
          ]),
        },
      },
    });
  });

  it.each(['legacy', 'maestro'])(
    'asks for 50 builds of the %s source with 20 tests each once a level',
    async (source) => {
      proxy.commands.length = 0;
      const before = requests();
      const { data, errors } = await gateway.ask<Page>(`{
      revision(gitCommitHash: "${COMMIT}", sources: ["${source}"]) {
        builds(first: ${BUILDS}) { nodes { id sources tests(first: ${TESTS}) { nodes { id status sources } } } }
      }
    }`);
      expect(errors).toEqual([]);
      const { nodes } = data.revision.builds;
      expect(nodes.map(({ tests }) => tests.nodes.length)).toEqual(numbers(BUILDS).map(() => TESTS));
      const made = requests().map((count, at) => count - (before[at] ?? 0));
      // The revision, its checkouts, their builds, and the tests of these.
      expect(Math.max(...made)).toBeLessThanOrEqual(4);
      // A request may be a chain of commands, one for each level of groups.
      expect(proxy.commands.length).toBeLessThanOrEqual(10);
      expect(made.filter((count) => count > 0)).toHaveLength(1);
    },
  );

  it('asks each source a bounded number of times for a page over all of them', async () => {
    const before = requests();
    const { data, errors } = await gateway.ask<Page>(`{
      revision(gitCommitHash: "${COMMIT}") {
        builds(first: ${BUILDS}) { nodes { id sources tests(first: ${TESTS}) { nodes { id status sources } } } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(data.revision.builds.nodes.flatMap(({ tests }) => tests.nodes).length).toBe(BUILDS * TESTS);
    const made = requests().map((count, at) => count - (before[at] ?? 0));
    // No more than one source alone: what each gave is merged, not asked for again.
    expect(Math.max(...made)).toBeLessThanOrEqual(6);
  });
});
