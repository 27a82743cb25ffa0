import { readFileSync } from 'node:fs';
import { EJSON } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allFields } from '../../../adapters/contract/fields.ts';
import type { EntityName } from '../../../adapters/contract/model.ts';
import { adapter } from '../../../adapters/kernelci-mongo/adapter.ts';
import { type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { modelFaults } from '../../../adapters/kit/kcidb/faults.ts';
import { asking } from '../../support/asked-adapter.ts';
import { waitingCall } from '../../support/mongodb/mongo-env.ts';
import { hasMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../support/shared-data.ts';

announceMissingSharedData('the example documents of the legacy system');

const COLLECTIONS = ['job', 'build', 'test_group', 'test_case', 'test_regression', 'bisect', 'error_logs', 'boot'];
const PREFIX = 'kernelci:kernelci.org:';

describe.skipIf(!hasSharedData || !hasMongo)('the example documents', () => {
  let mongo: OpenMongo;
  let subject: OpenSubject;

  beforeAll(async () => {
    mongo = await openMongo();
    for (const collection of [...COLLECTIONS, 'test_suite', 'api-token', 'lab']) {
      const lines = readFileSync(sharedPath(`mongo/legacy/${collection}.jsonl`), 'utf8').split('\n');
      await mongo.db.collection(collection).insertMany(lines.filter(Boolean).map((line) => EJSON.parse(line)));
    }
    subject = await openSubject(adapter, { url: mongo.url, database: mongo.database });
  }, MONGO_START_MS);

  afterAll(async () => {
    await subject.close();
    await mongo.drop();
  });

  const listed = async <E extends EntityName>(entity: E) => {
    const call = waitingCall(20_000, allFields(entity));
    const page = await asking(subject.adapter).list(
      entity,
      { where: null, order: 'NEWEST', first: 50, after: null },
      call,
    );
    for (const { object } of page.items) expect(modelFaults(entity, object)).toEqual([]);
    return { objects: page.items.map(({ object }) => object), warnings: call.warnings };
  };
  const one = async <E extends EntityName>(entity: E, id: string) => {
    const found = await asking(subject.adapter).get(entity, [id], waitingCall(20_000, allFields(entity)));
    const value = found.get(id);
    return value !== undefined && 'object' in value ? value.object : null;
  };

  it('are each shown once and validly, but for the test whose group is missing', async () => {
    expect((await listed('checkout')).objects).toHaveLength(3);
    expect((await listed('build')).objects).toHaveLength(6);
    const tests = await listed('test');
    expect(tests.objects).toHaveLength(11);
    expect(tests.warnings.map(({ code, id }) => [code, id])).toEqual([
      ['SOURCE_BAD_DATA', `${PREFIX}5d2f1b40cf3a1c0f9b7e0a01`],
    ]);
    expect((await listed('issue')).objects).toHaveLength(1);
    expect((await listed('incident')).objects).toHaveLength(1);
  });

  it('give the checkout of their builds', async () => {
    expect(await one('checkout', '_:kernelci:8c2e51af06d94b7cb3a8e7f7d1b09c64a5e0f3d2')).toMatchObject({
      ...{
        treeName: 'mainline',
        gitCommitName: 'v5.12-rc4',
        gitRepositoryBranch: 'master',
        valid: true,
        patchsetHash: '',
      },
      startTime: '2021-03-23T19:08:02.771000Z',
    });
  });

  it('give builds with the log that is no folder, and the messages of the compiler', async () => {
    expect(await one('build', `${PREFIX}605a3d05c2d1e4b7a90f1b03`)).toMatchObject({
      ...{ status: 'FAIL', architecture: 'arm', configName: 'allmodconfig', outputFiles: [], duration: 198.25 },
      logUrl: 'https://storage.kernelci.org/mainline/master/v5.12-rc4/arm/allmodconfig/clang-11/logs/kernel.log',
      logExcerpt: expect.stringMatching(/error: .*\n.*warning: /),
      misc: { kernel_image_size: null, vmlinux_bss_size: null, vmlinux_data_size: null },
    });
  });

  it('give the test on the build that its group names, not on the first of that configuration', async () => {
    expect(await one('test', `${PREFIX}605a4f80c2d1e4b7a90f3d03`)).toMatchObject({
      ...{ buildId: `${PREFIX}605a3c77c2d1e4b7a90f1b02`, path: 'baseline.dmesg.alert', status: 'FAIL' },
      number: { value: 1, unit: 'lines' },
      misc: { plan: 'baseline', plan_variant: 'baseline', kernelci_status: 'FAIL' },
      environment: { misc: { device: 'rk3399-gru-kevin', lab: 'lab-collabora', mach: 'rockchip' } },
    });
  });

  it('give a result that was posted on the build that fits it', async () => {
    expect(await one('test', `${PREFIX}605a6001c2d1e4b7a90f3d11`)).toMatchObject({
      ...{ buildId: `${PREFIX}605a3c12c2d1e4b7a90f1b01`, path: 'v4l2-compliance-vivid.mmap_userptr.v2' },
      outputFiles: [],
    });
  });

  it('give what a bisection found to the issue of its regression', async () => {
    const [issue] = (await listed('issue')).objects;
    expect(issue).toMatchObject({ culprit: { code: true }, comment: expect.stringContaining('drop the bar lock') });
    const [incident] = (await listed('incident')).objects;
    expect(incident).toMatchObject({ issueId: issue?.id, testId: `${PREFIX}605a4f80c2d1e4b7a90f3d03`, present: true });
  });
});
