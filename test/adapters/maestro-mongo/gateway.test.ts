import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { fill } from '../../../examples/generators/kernelci/fill.ts';
import { maestroDocuments } from '../../../examples/generators/kernelci/maestro.ts';
import { LAUNCHER, runCommand, startCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';
import { describeWithMongo, MONGO_START_MS, type OpenMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { CHECKOUT, checkout, JOB, job, KBUILD, kbuild, suite, TEST, test } from './tree.ts';

const QUERY = `{
  revision(gitCommitHash: "5d1c6a0b9e3f") {
    gitCommitHash
    checkouts { nodes { id treeName builds { nodes { id status tests { nodes { id path status environment { misc } build { id } } statusCounts { pass total } } } } } }
    tests { totalCount }
  }
  test(id: "maestro:${TEST}") { path logUrl build { id checkout { id } } }
}`;
const ANSWER = z.object({ data: z.unknown(), errors: z.unknown().optional() });

describeWithMongo('maestro-mongo in the gateway', () => {
  let mongo: OpenMongo;

  beforeAll(async () => {
    mongo = await openMongo();
  }, MONGO_START_MS);
  afterAll(() => mongo.drop());

  const configured = () =>
    configFolder({
      'kcigraph.yaml': [
        'listen: { port: 0 }',
        'sources:',
        `  maestro: { adapter: maestro-mongo, url: ${JSON.stringify(mongo.url)}, database: ${mongo.database} }`,
      ].join('\n'),
    });

  it('answers a revision down to its tests, and a test up to its checkout', async () => {
    const log = { lava_log: 'https://files.example.org/log.txt.gz' };
    await mongo.db.collection('node').insertMany([checkout(), kbuild(), job({ artifacts: log }), suite(), test()]);
    const folder = await configured();
    const gateway = await startCommand(process.execPath, [LAUNCHER, 'serve'], folder);
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
    });
    const { data, errors } = ANSWER.parse(await response.json());
    await gateway.stop();
    expect(errors).toBeUndefined();
    const build = `maestro:${KBUILD}`;
    expect(data).toMatchObject({
      revision: {
        gitCommitHash: '5d1c6a0b9e3f48d27a6c0b51f8e94d3720acb615',
        checkouts: {
          nodes: [
            {
              ...{ id: `maestro:${CHECKOUT}`, treeName: 'mainline' },
              builds: {
                nodes: [
                  {
                    ...{ id: build, status: 'PASS' },
                    tests: {
                      nodes: expect.arrayContaining([
                        expect.objectContaining({ id: `maestro:${JOB}`, path: 'boot', build: { id: build } }),
                        expect.objectContaining({
                          path: 'boot.dmesg.alert',
                          environment: { misc: expect.objectContaining({ job_id: '77' }) },
                        }),
                      ]),
                      statusCounts: { pass: 3, total: 3 },
                    },
                  },
                ],
              },
            },
          ],
        },
        tests: { totalCount: 3 },
      },
      test: {
        path: 'boot.dmesg.alert',
        logUrl: log.lava_log,
        build: { id: build, checkout: { id: `maestro:${CHECKOUT}` } },
      },
    });
  }, 60_000);

  it('passes the check of a live source', async () => {
    await mongo.db.collection('node').deleteMany({});
    await fill(mongo.db, maestroDocuments({ seed: 3, nodes: 60, builds: 1 }));
    const { code, stdout } = await runCommand(['check', 'maestro'], await configured());
    expect(stdout).toContain(' 0 failed');
    expect(code).toBe(0);
  }, 120_000);
});
