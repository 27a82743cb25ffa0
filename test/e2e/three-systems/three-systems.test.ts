import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCkiData } from '../../../examples/upstreams/cki/data.ts';
import { CkiServer } from '../../../examples/upstreams/cki/server.ts';
import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import {
  CAUSING_COMMIT,
  FIXING_COMMIT,
  SAMPLE_BUGS,
  SHARED_COMMIT,
} from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';
import { discardGateway, type GatewayProcess, startGateway } from '../../support/gateway-process.ts';
import { usePostgres } from '../../support/postgres.ts';

/** CKI has tested, in its newest checkout, the kernel that syzbot's bugs were found in. */
const data = createCkiData({ checkouts: 6, builds: 3, tests: 4 });
const [newest] = data.checkouts;
const checkoutId = newest?.id ?? '';
data.checkouts[0] = { ...newest, id: checkoutId, git_commit_hash: SHARED_COMMIT };
const builds = data.builds.get(checkoutId) ?? [];
const tests = builds.flatMap(({ id }) => data.tests.get(id) ?? []);
const [build, test] = [builds[0], tests[0]];

/** What the store has: some of CKI's as its forwarder hands it on, syzbot's own submission, and a third system's. */
const FORWARDED = {
  version: { major: 4, minor: 2 },
  checkouts: [{ ...data.checkouts[0], message_id: 'one@lists.example.org' }],
  builds: [build],
  tests: [test],
  issues: [{ id: 'redhat:issue_1', version: 1_786_752_001, origin: 'redhat', culprit: { code: true } }],
  incidents: [
    {
      id: 'redhat:incident_1',
      origin: 'redhat',
      issue_id: 'redhat:issue_1',
      issue_version: 1_786_752_001,
      test_id: test?.id,
      present: true,
    },
  ],
};
const SUBMITTED = {
  version: { major: 5, minor: 3 },
  checkouts: [
    {
      id: `syzbot:${SHARED_COMMIT}`,
      origin: 'syzbot',
      git_commit_hash: SHARED_COMMIT,
      git_repository_branch: 'master',
    },
    { id: 'acme:c1', origin: 'acme', git_commit_hash: SHARED_COMMIT },
  ],
  builds: [{ id: 'acme:b1', origin: 'acme', checkout_id: 'acme:c1', status: 'PASS' }],
  tests: [{ id: 'acme:t1', origin: 'acme', build_id: 'acme:b1', path: 'boot', status: 'PASS' }],
};
const REVISION = `query ($hash: String!) { revision(gitCommitHash: $hash) {
  sources
  checkouts { totalCount nodes { id sources gitRepositoryBranch messageId misc } }
  builds(first: 100) { totalCount statusCounts { total } nodes { id sources } }
  tests(first: 100) { totalCount statusCounts { total } nodes { id sources } }
  incidents(first: 100) { nodes { id issueId } }
} }`;

interface Row {
  readonly id: string;
  readonly sources: readonly string[];
}

const postgres = usePostgres();
const cki = new CkiServer(data);
const syzbot = new SyzbotServer(new Dashboard(SAMPLE_BUGS));
let gateway: GatewayProcess;

beforeAll(async () => {
  await Promise.all([cki.listen(), syzbot.listen()]);
  const quick = 'rate: 200, concurrency: 8';
  const config = `sources:
  native: { adapter: postgres, url: "${await postgres.migrated()}" }
  cki: { adapter: cki, url: "${cki.url}", ${quick} }
  syzbot: { adapter: syzbot, url: "${syzbot.url}", ${quick} }
submit: { into: native, openSubmit: true }
dataDir: ./data
`;
  gateway = await startGateway({ config });
  for (const document of [FORWARDED, SUBMITTED]) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${gateway.url}/submit`, { method: 'POST', headers, body: JSON.stringify(document) });
    expect([answer.status, await answer.text()]).toMatchObject([200, expect.stringContaining('"ok"')]);
  }
  const details = async () => JSON.stringify((await gateway.query('{ sources { detail } }')).data);
  await vi.waitFor(async () => expect(await details()).toMatch(/holds 6 checkouts\..*The index knows \d+ bugs\./), {
    timeout: 30_000,
    interval: 100,
  });
}, 90_000);
afterAll(async () => {
  await discardGateway(gateway);
  await Promise.all([cki.close(), syzbot.close()]);
});

async function asked(query: string, variables: object = {}) {
  const { data: answer, errors } = await gateway.query(query, variables);
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(answer));
}

const byOrigin = (rows: readonly Row[], origin: string) => rows.filter(({ id }) => id.startsWith(`${origin}:`));
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).sort();

describe('the native store, CKI and syzbot', () => {
  it('know of one commit one revision, with the objects of all three', async () => {
    const { revision } = await asked(REVISION, { hash: SHARED_COMMIT });
    expect(revision.sources).toEqual(['native', 'cki', 'syzbot']);
    expect(ids(revision.checkouts.nodes)).toEqual(['acme:c1', checkoutId, `syzbot:${SHARED_COMMIT}`].sort());
    expect(revision.checkouts.totalCount).toBe(3);
    const lists = { builds: [builds, 'acme:b1'], tests: [tests, 'acme:t1'] } as const;
    for (const [name, [own, acme]] of Object.entries(lists)) {
      const { nodes, totalCount, statusCounts } = revision[name];
      expect(ids(byOrigin(nodes, 'redhat'))).toEqual(ids(own));
      expect(ids(byOrigin(nodes, 'acme'))).toEqual([acme]);
      expect(byOrigin(nodes, 'syzbot').length).toBeGreaterThan(0);
      for (const { sources } of byOrigin(nodes, 'syzbot')) expect(sources).toEqual(['syzbot']);
      expect([totalCount, statusCounts.total]).toEqual([nodes.length, nodes.length]);
    }
    const incidents: readonly { id: string; issueId: string }[] = revision.incidents.nodes;
    expect(ids(incidents)).toContain('redhat:incident_1');
    for (const origin of ['redhat:occurrence:', 'syzbot:']) {
      expect(incidents.some(({ id }) => id.startsWith(origin))).toBe(true);
    }
  });

  it('show an id that two of them have as one object with two sources, with what each tells', async () => {
    const { revision } = await asked(REVISION, { hash: SHARED_COMMIT });
    const rowOf = (list: string, id = '') => revision[list].nodes.find((row: Row) => row.id === id);
    expect(rowOf('checkouts', checkoutId)).toMatchObject({
      sources: ['native', 'cki'],
      messageId: 'one@lists.example.org',
      misc: { iid: expect.any(Number) },
    });
    expect(rowOf('checkouts', `syzbot:${SHARED_COMMIT}`)).toMatchObject({
      sources: ['native', 'syzbot'],
      gitRepositoryBranch: 'master',
    });
    expect(rowOf('builds', build?.id).sources).toEqual(['native', 'cki']);
    expect(rowOf('tests', test?.id).sources).toEqual(['native', 'cki']);
    expect(rowOf('tests', tests[1]?.id).sources).toEqual(['cki']);
    const looked = await asked(
      'query ($b: ID!, $t: ID!) { build(id: $b) { id sources } test(id: $t) { id sources } }',
      {
        b: build?.id,
        t: test?.id,
      },
    );
    for (const one of Object.values(looked)) expect(one).toMatchObject({ sources: ['native', 'cki'] });
  });

  it('find a bug by the commit that fixed or caused it', async () => {
    for (const hash of [FIXING_COMMIT, CAUSING_COMMIT]) {
      const { revision } = await asked(
        'query ($hash: String!) { revision(gitCommitHash: $hash) { issues { totalCount nodes { id sources misc } } } }',
        { hash },
      );
      expect(revision.issues.nodes.length).toBeGreaterThan(0);
      expect(revision.issues.totalCount).toBe(revision.issues.nodes.length);
      for (const issue of revision.issues.nodes) {
        expect(issue.sources).toEqual(['syzbot']);
        expect(JSON.stringify([issue.misc['fix-commits'], issue.misc['cause-commit']])).toContain(hash);
      }
    }
  });

  it('lose nothing of the others while one is away', async () => {
    await cki.close();
    const cold = data.builds.get(data.checkouts[3]?.id ?? '')?.[0]?.id;
    const { data: answer, errors } = await gateway.query(
      'query ($hash: String!, $cold: ID!) { build(id: $cold) { id } revision(gitCommitHash: $hash) { builds(first: 100) { nodes { id sources } } } }',
      { hash: SHARED_COMMIT, cold },
    );
    expect(errors).toMatchObject([{ path: ['build'], extensions: { code: 'SOURCE_UNAVAILABLE', source: 'cki' } }]);
    const { build: none, revision } = JSON.parse(JSON.stringify(answer));
    expect(none).toBeNull();
    expect(ids(byOrigin(revision.builds.nodes, 'acme'))).toEqual(['acme:b1']);
    expect(byOrigin(revision.builds.nodes, 'syzbot').length).toBeGreaterThan(0);
    // What CKI said before stands in for what it would say.
    expect(ids(byOrigin(revision.builds.nodes, 'redhat'))).toEqual(ids(builds));
  });
});
