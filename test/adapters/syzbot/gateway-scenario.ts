import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import { generateBugs } from '../../../examples/upstreams/syzbot/generate-bugs.ts';
import {
  CAUSING_COMMIT,
  FIXING_COMMIT,
  SAMPLE_BUGS,
  SHARED_COMMIT,
} from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';
import { busiestWindow } from '../../../examples/upstreams/syzbot/throttle.ts';
import { discardGateway, type GatewayProcess, startGateway, temporaryFolder } from '../../support/gateway-process.ts';

const NIGHTLY = fileURLToPath(new URL('../../../examples/documents/acme-nightly.json', import.meta.url));
/** What syzbot itself submitted of the same kernel, as a store would have it. */
const SUBMITTED = {
  version: { major: 5, minor: 3 },
  checkouts: [
    {
      id: `syzbot:${SHARED_COMMIT}`,
      origin: 'syzbot',
      git_commit_hash: SHARED_COMMIT,
      git_repository_branch: 'master',
    },
  ],
};
const REVISION = `query ($hash: String!) { revision(gitCommitHash: $hash) {
  gitCommitHash
  checkouts { nodes { id origin sources gitRepositoryBranch } }
  builds { nodes { id origin status configUrl tests { nodes { id status path incidents { nodes { issue { id reportSubject } } } } } } }
  issues { nodes { id misc sources } }
} }`;
const ISSUES = '{ issues(first: 25) { nodes { id reportSubject misc } pageInfo { hasNextPage } } }';

/** What a person meets at a gateway whose dashboard takes so many requests a second. */
export function describeGateway(rate: number): void {
  const server = new SyzbotServer(new Dashboard(SAMPLE_BUGS));
  const [COLD] = generateBugs({ bugs: 1, seed: 'cold' });
  const times: string[] = [];
  let gateway: GatewayProcess;
  let folder: string;

  beforeAll(async () => {
    await server.listen();
    server.limit({ requests: rate, seconds: 0.98 });
    if (COLD !== undefined) server.dashboard.put({ ...COLD, group: null });
    folder = await temporaryFolder();
    await mkdir(join(folder, 'documents'));
    await copyFile(NIGHTLY, join(folder, 'documents', 'acme.json'));
    await writeFile(join(folder, 'documents', 'submitted.json'), JSON.stringify(SUBMITTED));
    const config = [
      'limits: { inFlight: 1000 }',
      'sources:',
      '  documents: { adapter: file, path: ./documents }',
      '  syzbot:',
      '    adapter: syzbot',
      `    url: "${server.url}"`,
      '    namespaces: [upstream]',
      ...(rate === 1 ? [] : [`    rate: ${rate}`]),
    ];
    gateway = await startGateway({ folder, config: config.join('\n') });
  }, 60_000);
  afterAll(async () => {
    console.log(times.join('\n'));
    await discardGateway(gateway);
    await server.close();
  });

  async function timed(what: string, query: string, variables: object = {}) {
    const start = performance.now();
    const answer = await gateway.query(query, variables);
    times.push(`${what}: ${Math.round(performance.now() - start)} ms`);
    return answer;
  }

  describe(`a gateway over syzbot at ${rate} requests a second`, () => {
    it('answers lists cold in time, with what is known, and says that there is more', async () => {
      const answer = await timed('issues, cold', ISSUES);
      expect(answer.errors).toBeUndefined();
      expect(answer.extensions).toMatchObject({
        warnings: [{ extensions: { code: 'SOURCE_TRUNCATED', source: 'syzbot' } }],
      });
      expect(answer.data).toHaveProperty('issues.nodes');
    });

    it('asks once for one cold bug, whatever a thousand queries want to know of it', async () => {
      const extid = COLD?.extids[0];
      const fields = [
        'id',
        'version',
        'reportSubject',
        'reportUrl',
        'misc',
        'comment',
        'culprit { code }',
        'incidents { nodes { id } }',
      ];
      const start = performance.now();
      const answers = await Promise.all(
        Array.from({ length: 1000 }, (_, n) =>
          gateway.query(`{ issue(id: "syzbot:${extid}") { id ${fields[n % fields.length]} } }`),
        ),
      );
      times.push(`1,000 queries for one cold bug: ${Math.round(performance.now() - start)} ms`);
      const ids = answers.map(({ data }) => JSON.stringify(data?.issue).slice(0, 60));
      expect(new Set(ids.map((id) => id.includes(`syzbot:${COLD?.page.id}`)))).toEqual(new Set([true]));
      const about = server.paths.filter((path) => path.includes(extid ?? '-') || path.includes(COLD?.page.id ?? '-'));
      expect(about).toHaveLength(1);
    }, 60_000);

    it('joins what everybody knows of a commit, and shows an object of two sources as one', async () => {
      await vi.waitFor(
        async () => {
          const { data } = await gateway.query('{ source(name: "syzbot") { state detail } }');
          expect(data?.source).toMatchObject({ state: 'UP', detail: expect.stringMatching(/^The index knows 8 bugs/) });
        },
        { timeout: 45_000, interval: 500 },
      );
      const before = server.requests.length;
      const answer = await timed('a revision, warm', REVISION, { hash: SHARED_COMMIT.slice(0, 12) });
      expect(answer.errors).toBeUndefined();
      const { checkouts, builds } = JSON.parse(JSON.stringify(answer.data?.revision));
      expect(checkouts.nodes).toContainEqual({
        id: `syzbot:${SHARED_COMMIT}`,
        origin: 'syzbot',
        sources: ['documents', 'syzbot'],
        gitRepositoryBranch: 'master',
      });
      expect(checkouts.nodes.map(({ origin }: { origin: string }) => origin)).toContain('acme');
      expect(new Set(builds.nodes.map(({ origin }: { origin: string }) => origin))).toEqual(
        new Set(['acme', 'syzbot']),
      );
      const crashed = builds.nodes.find(({ configUrl }: { configUrl: string }) =>
        configUrl?.endsWith('x=c0f16c0f16c0f161'),
      );
      expect(crashed.tests.nodes.length).toBe(5);
      expect(crashed.tests.nodes[0].incidents.nodes[0].issue.id).toMatch(/^syzbot:[0-9a-f]{40}$/);
      for (const [what, hash, id] of [
        ['fixing', FIXING_COMMIT, 'f6'.repeat(20)],
        ['causing', CAUSING_COMMIT, 'a1'.repeat(20)],
      ] as const) {
        const { data } = await timed(`the issues of a ${what} commit, warm`, REVISION, { hash });
        expect(JSON.parse(JSON.stringify(data?.revision)).issues.nodes).toMatchObject([{ id: `syzbot:${id}` }]);
      }
      await timed('issues, warm', ISSUES);
      // What was asked meanwhile was the sweep's own.
      expect(server.requests.length - before).toBeLessThanOrEqual(1);
    }, 60_000);

    it('never asked more often than it may', () => {
      expect(
        busiestWindow(
          server.requests.map(({ at }) => at),
          985,
        ),
      ).toBeLessThanOrEqual(rate);
      expect(server.requests.every(({ headers }) => String(headers['user-agent']).includes('kcigraph'))).toBe(true);
    });

    it('answers at once after a restart', async () => {
      await gateway.stop();
      gateway = await startGateway({ folder });
      const { data, extensions } = await timed('issues, after a restart', ISSUES);
      const ids = JSON.parse(JSON.stringify(data)).issues.nodes.map(({ id }: { id: string }) => id);
      expect(ids.filter((id: string) => id.startsWith('syzbot:'))).toHaveLength(8);
      expect(extensions).not.toHaveProperty('warnings');
      expect(await gateway.stop()).toBe(0);
    });
  });
}
