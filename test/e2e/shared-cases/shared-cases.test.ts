import { readFileSync } from 'node:fs';
import { EJSON } from 'bson';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../adapters/maestro-mongo/open-source.ts';
import { type NativeGateway, startNativeGateway } from '../../gateway/server/native-gateway.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { describeWithMongo, openMongo } from '../../support/mongodb/mongodb.ts';
import { usePostgres } from '../../support/postgres.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../support/shared-data.ts';

interface Case {
  readonly query: string;
  readonly submit?: object | readonly object[];
  readonly documents?: readonly object[];
}

announceMissingSharedData('the cases that once failed');

function readCase(name: string): Case {
  return JSON.parse(readFileSync(sharedPath(`cases/${name}.json`), 'utf8'));
}

const idsOf = (...ids: readonly string[]) => ({ nodes: ids.map((id) => ({ id })) });
const patchset = 'e'.repeat(64);

/** What the answer to a case's own query must be. */
const SUBMITTED: readonly (readonly [name: string, answer: object])[] = [
  ['04-hasincident-counts-ruled-out', { data: { tests: idsOf('p:t0', 'p:t2', 'p:t3') } }],
  [
    '05-dummy-build-never-finishes',
    { data: { revision: { builds: { statusCounts: { pass: 1, none: 0, total: 1 } } } } },
  ],
  [
    '07-issue-edit-hides-incidents',
    { data: { issues: { nodes: [{ version: 20_260_501_101_105, incidents: { totalCount: 3 } }] } } },
  ],
  ['09-path-prefix', { data: { tests: { nodes: [{ path: 'ltp.a' }] } } }],
  [
    '10-revision-known-only-patched',
    {
      data: { a: null, b: { nodes: [{ patchsetHash: patchset }] } },
      errors: [{ message: expect.stringContaining(patchset), extensions: { code: 'BAD_USER_INPUT' } }],
    },
  ],
  ['11-message-id-brackets', { data: { a: { totalCount: 1 }, b: { totalCount: 1 } } }],
];

describe.skipIf(!hasSharedData)('a case of submitted objects', () => {
  const postgres = usePostgres();

  it.each(SUBMITTED)('%s', async (name, answer) => {
    const { query, submit = [] } = readCase(name);
    const gateway: NativeGateway = await startNativeGateway(await postgres.migrated(), { open: true });
    const post = async (route: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${gateway.url}${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return await response.json();
    };
    for (const document of Array.isArray(submit) ? submit : [submit]) {
      expect(await post('/submit', document)).toMatchObject({ status: 'ok' });
    }
    expect(await post('/graphql', { query })).toMatchObject(answer);
    await gateway.close();
  });
});

const NODES: readonly (readonly [name: string, answer: object])[] = [
  [
    '01-maestro-dummy-build-tests-lost',
    { revision: { statusCounts: { verdict: 'FAIL', total: 3, pass: 1, fail: 2 } } },
  ],
  [
    '06-maestro-retries-all-count',
    {
      revision: {
        tests: {
          nodes: [
            { status: 'PASS', misc: { retry_counter: 1 } },
            { status: 'FAIL', misc: { retry_counter: 0 } },
          ],
        },
      },
    },
  ],
];

const describeNodes = hasSharedData ? describeWithMongo : describe.skip;
describeNodes('a case of Maestro’s nodes', () => {
  it.each(NODES)(
    '%s',
    async (name, answer) => {
      const mongo = await openMongo();
      const { query, documents = [] } = readCase(name);
      await mongo.db.collection('node').insertMany(documents.map((document) => EJSON.deserialize(document)));
      const source = await openSource(mongo);
      const gateway = new FederatedGateway([{ name: 'maestro', adapter: source.adapter }]);
      expect((await gateway.ask(query)).data).toMatchObject(answer);
      await source.close();
      await mongo.drop();
    },
    60_000,
  );
});
