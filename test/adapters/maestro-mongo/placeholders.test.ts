import { type Document, ObjectId } from 'bson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page, Place } from '../../../adapters/contract/adapter.ts';
import type { Build } from '../../../adapters/contract/model.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { asking } from '../../support/asked-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { test as testObject } from '../../support/model-objects.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { type OpenSource, openSource } from './open-source.ts';
import { CHECKOUT, checkout, JOB, job, KBUILD, kbuild } from './tree.ts';

const HASH = '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615';
const placeholder = (architecture: string) => `maestro:dummy_${CHECKOUT}${architecture && `_${architecture}`}`;

/** A failing kunit straight below the checkout, which has results of several architectures, and a job that was tried again. */
function documents(): readonly Document[] {
  const kunit = new ObjectId();
  const below = (path: readonly string[], parent: ObjectId, more: object) =>
    job({ _id: new ObjectId(), path: ['checkout', ...path], name: path.at(-1), parent, result: 'fail', ...more });
  return [
    checkout({ updated: new Date('2025-06-18T08:00:00Z') }),
    kbuild(),
    job({ result: 'fail', retry_counter: 0 }),
    job({ _id: new ObjectId(), retry_counter: 1, created: new Date('2025-06-17T19:00:00Z') }),
    below(['kunit'], new ObjectId(CHECKOUT), { _id: kunit, 'data.arch': 'um' }),
    below(['kunit', 'exec'], kunit, { kind: 'test', 'data.arch': 'um' }),
    below(['kunit', 'arm'], kunit, { kind: 'test', 'data.arch': 'arm64' }),
    below(['kver'], new ObjectId(CHECKOUT), { 'data.arch': null, result: 'pass' }),
  ];
}

describeWithMongo('tests that hang straight from a checkout', () => {
  let mongo: OpenMongo;
  let source: OpenSource;
  let gateway: FederatedGateway;
  const hanging = testObject({ id: 'other:t', buildId: placeholder('um'), path: 'kunit.other', status: 'FAIL' });

  beforeAll(async () => {
    mongo = await openMongo();
    await mongo.db.collection('node').insertMany([...documents()]);
    source = await openSource(mongo);
    gateway = new FederatedGateway([{ name: 'maestro', adapter: source.adapter }]);
  }, MONGO_START_MS);
  afterAll(async () => {
    await source.close();
    await mongo.drop();
  });

  it('are in the revision, in its checkout, and in its verdict', async () => {
    const { data, errors } = await gateway.ask(`{
      revision(gitCommitHash: "${HASH}") {
        statusCounts { verdict total pass fail }
        builds { totalCount statusCounts { pass none } }
        tests(filter: { path: { under: "kunit" } }) { totalCount }
        checkouts { nodes { timestamp tests { totalCount } builds { totalCount } } }
      }
      build(id: "${placeholder('um')}") { architecture status tests { totalCount } checkout { id } }
    }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      revision: {
        statusCounts: { verdict: 'FAIL', total: 6, pass: 2, fail: 4 },
        builds: { totalCount: 1, statusCounts: { pass: 1, none: 0 } },
        tests: { totalCount: 3 },
        checkouts: {
          nodes: [{ timestamp: '2025-06-18T08:00:00.000000Z', tests: { totalCount: 6 }, builds: { totalCount: 1 } }],
        },
      },
      build: {
        ...{ architecture: 'um', status: null, tests: { totalCount: 2 } },
        checkout: { id: `maestro:${CHECKOUT}` },
      },
    });
  });

  it('of other sources are in the revision too', async () => {
    const other = new ArrayAdapter({ documents: [hanging] });
    const both = new FederatedGateway([
      { name: 'maestro', adapter: source.adapter },
      { name: 'other', adapter: other },
    ]);
    const { data, errors } = await both.ask(`{
      revision(gitCommitHash: "${HASH}") {
        tests(filter: { path: { prefix: "kunit" } }) { totalCount nodes { id build { id } } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      revision: {
        tests: {
          totalCount: 4,
          nodes: expect.arrayContaining([{ id: 'other:t', build: { id: placeholder('um') } }]),
        },
      },
    });
  });

  it.each(['NEWEST', 'OLDEST'] as const)('have placeholder builds that a list gives each once, %s', async (order) => {
    const seen: string[] = [];
    let after: Place | null = null;
    for (let pages = 0; pages < 10; pages++) {
      const query = { where: null, order, first: 1, after };
      const page: Page<Build> = await asking(source.adapter).list('build', query, source.call('build'));
      seen.push(...page.items.map(({ object }) => object.id));
      after = page.items.at(-1) ?? null;
      if (!page.hasMore || after === null) break;
    }
    const ofCheckout = ['', 'arm64', 'um'].map(placeholder);
    const built = `maestro:${KBUILD}`;
    expect(seen).toEqual(order === 'NEWEST' ? [built, ...ofCheckout] : [...ofCheckout, built]);
  });

  it('and all others say which attempt of their job they belong to', async () => {
    const { data } = await gateway.ask(`{
      revision(gitCommitHash: "${HASH}") { tests(filter: { path: { in: ["boot"] } }) { nodes { status misc } } }
    }`);
    expect(data).toMatchObject({
      revision: {
        tests: {
          nodes: [
            { status: 'PASS', misc: { retry_counter: 1 } },
            { status: 'FAIL', misc: { retry_counter: 0, maestro_viewer: expect.stringContaining(JOB) } },
          ],
        },
      },
    });
  });
});
