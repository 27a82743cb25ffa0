import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { questionsOf } from '../../../examples/demo/story/questions.ts';
import { Timeline } from '../../../examples/demo/story/timeline.ts';
import { hasChromium } from '../../support/chromium.ts';
import { runCommand } from '../../support/command.ts';
import { describeWithMongo, MONGO_START_MS } from '../../support/mongodb/mongodb.ts';
import { takePicture } from './graphiql-picture.ts';
import { type Answered, RunningDemo } from './running-demo.ts';

/** Building the server of the MongoDB protocol apart, which the tests of the sources also wait for. */
const QUESTION_MS = 60_000;

describeWithMongo('kcigraph demo', () => {
  const questions = new Map(questionsOf(new Timeline(new Date())).map((question) => [question.name, question]));
  let demo: RunningDemo;
  let begun: number;
  beforeAll(async () => {
    begun = performance.now();
    demo = await RunningDemo.start();
    console.log(`The demo was ready after ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
  }, MONGO_START_MS);
  afterAll(async () => {
    expect(await demo?.stop()).toEqual({ code: 0, left: [] });
  });

  async function asked(name: string): Promise<Answered['data']> {
    const { query = '', variables = {} } = questions.get(name) ?? {};
    const { data, errors } = await demo.ask(query, variables);
    expect(errors).toEqual([]);
    return data;
  }

  it('says where to look and what to ask', () => {
    expect(demo.output).toContain(`Open ${demo.url}/graphiql in a browser`);
    for (const { name, asks } of questions.values())
      expect(demo.output).toMatch(new RegExp(`${name} +${asks.slice(0, 20)}`));
  });

  it(
    'Is this commit good, who says so, and who has not answered?',
    async () => {
      const { revision, sources } = await asked('IsItGood');
      expect(namesOf(sources)).toEqual(['maestro', 'cki', 'syzbot', 'kernelci', 'native']);
      expect(revision).toMatchObject({
        sources: ['maestro', 'cki', 'syzbot', 'native'],
        statusCounts: { verdict: 'PASS', fail: 0, none: 1 },
        failures: { nodes: [] },
        waiting: {
          nodes: [{ origin: 'maestro', path: 'kernelci_sleep', comment: 'sleep on harbor-7 in lava-harbor' }],
        },
        issues: { nodes: [{ reportSubject: 'INFO: task hung in dl_bandwidth_stop', misc: { state: 'fix-pending' } }] },
      });
    },
    QUESTION_MS,
  );

  it(
    'Who saw it first? CKI did; KernelCI confirmed it on one board, then an old lab, then syzbot',
    async () => {
      const seen = nodesAt(await asked('WhoSawItFirst'), 'revision', 'tests').filter(
        ({ path }) => path !== 'xfstests_-_nfsv4_2',
      );
      const timed = seen.filter(({ startTime }) => startTime !== null).map(({ origin }) => origin);
      expect(timed.reverse()).toEqual(['redhat', 'redhat', 'maestro', 'kernelci']);
      expect(seen.filter(({ startTime }) => startTime === null)).toMatchObject([
        { origin: 'syzbot', path: 'syzkaller' },
      ]);
    },
    QUESTION_MS,
  );

  it(
    'One board or all? One',
    async () => {
      const tests = nodesAt(await asked('OneBoardOrAll'), 'revision', 'tests').filter(
        ({ status }) => status === 'FAIL',
      );
      expect(tests).toMatchObject([
        { path: 'kernelci_sleep.rtcwake-mem', environment: { misc: { platform: 'anvil-2' } } },
      ]);
    },
    QUESTION_MS,
  );

  it(
    'Since when, and is it over? For nine days, since yesterday',
    async () => {
      const { culprit, fix } = new Timeline(new Date());
      const commits = nodesAt(await asked('SinceWhen'), 'revisions');
      const isBad = (hash: unknown) =>
        nodesAt(commits.find((one) => one.gitCommitHash === hash) ?? {}, 'tests')[0]?.status;
      expect(isBad(culprit.hash)).toBe('FAIL');
      expect(isBad(fix.hash)).toBe('PASS');
      const failed = commits.filter((commit) => isBad(commit.gitCommitHash) === 'FAIL');
      expect(failed).toHaveLength(8);
      const [blamed] = failed.toSorted((one, other) => (String(one.firstSeen) < String(other.firstSeen) ? -1 : 1));
      expect(blamed).toMatchObject({ gitCommitHash: culprit.hash, gitCommitName: culprit.name });
    },
    QUESTION_MS,
  );

  it(
    'Is it known? To four of them, one of which blames the commit',
    async () => {
      const data = await asked('IsItKnown');
      const issues = nodesAt(data, 'revision', 'incidents').map(({ issue }) => Object(issue).origin);
      expect([...new Set(issues)].sort()).toEqual(['acme', 'kernelci', 'redhat', 'syzbot']);
      expect(nodesAt(data, 'revision', 'issues')).toMatchObject([{ origin: 'syzbot' }]);
    },
    QUESTION_MS,
  );

  it(
    'Flaky or broken? Flaky: on one board it comes and goes',
    async () => {
      const tests = nodesAt(await asked('FlakyOrBroken'), 'revisions').flatMap((commit) => nodesAt(commit, 'tests'));
      const statuses = (isFlaky: boolean) =>
        tests.flatMap(({ status, environment }) => {
          return (Object(environment).misc.platform === 'anvil-2') === isFlaky ? [status] : [];
        });
      expect(new Set(statuses(true))).toEqual(new Set(['PASS', 'FAIL']));
      expect(new Set(statuses(false))).toEqual(new Set(['PASS']));
    },
    QUESTION_MS,
  );

  it(
    'Slower? By a quarter in six weeks, and by little from each day to the next',
    async () => {
      const runs = nodesAt(await asked('SlowerAndSlower'), 'tests').filter(
        ({ build }) => Object(build).checkout.patchsetHash === '',
      );
      const values = runs.map(({ number }) => Number(Object(number).value));
      expect(values).toHaveLength(42);
      expect((values.at(-1) ?? 0) / (values[0] ?? 1)).toBeGreaterThan(1.25);
      for (const [place, value] of values.entries()) expect(value / (values[place - 1] ?? value)).toBeLessThan(1.012);
    },
    QUESTION_MS,
  );

  it(
    'The lab or the kernel? The lab: what broke has no verdict',
    async () => {
      const broken = nodesAt(await asked('LabOrKernel'), 'revisions').flatMap((commit) => nodesAt(commit, 'tests'));
      expect(broken.length).toBeGreaterThan(3);
      for (const { misc } of broken) expect(misc).toMatchObject({ lab: 'lava-anvil', error_code: 'Infrastructure' });
    },
    QUESTION_MS,
  );

  it(
    'My patches? Two systems tried them, and they make it faster',
    async () => {
      const { withThem, without } = await asked('WhatOfMyPatches');
      expect(Object(withThem).sources).toEqual(['cki', 'native']);
      const seconds = (revision: unknown) => Number(Object(nodesAt(Object(revision), 'tests')[0]?.number).value);
      expect(seconds(withThem)).toBeLessThan(0.95 * seconds(without));
    },
    QUESTION_MS,
  );

  it(
    'Who disagrees? Both values are shown, and whose they are',
    async () => {
      const data = await asked('WhoDisagrees');
      const conflicts = [...nodesAt(data, 'revision', 'checkouts'), ...nodesAt(data, 'revision', 'tests')].flatMap(
        ({ conflicts }) => conflicts,
      );
      expect(conflicts).toMatchObject([
        {
          field: 'treeName',
          values: [
            { value: 'upstream-mainline', source: 'cki' },
            { value: 'mainline', source: 'native' },
          ],
        },
        {
          field: 'status',
          values: [
            { value: 'FAIL', source: 'maestro' },
            { value: 'ERROR', source: 'native' },
          ],
        },
      ]);
    },
    QUESTION_MS,
  );

  it(
    'lists and counts the failures of commits as walking them does, and counts every commit',
    async () => {
      const commits = await demo.ask(`{ revisions(first: 8, filter: { treeName: ["mainline"] }) {
        nodes {
          gitCommitHash
          statusCounts { total }
          tests(first: 100, filter: { status: [FAIL] }) { nodes { id build { checkout { patchsetHash } } } }
        }
      } }`);
      const walked = nodesAt(commits.data, 'revisions');
      expect(walked).toHaveLength(8);
      for (const { statusCounts } of walked) expect(statusCounts).not.toBeNull();
      const failures = walked.flatMap((commit) => nodesAt(commit, 'tests'));
      const hashes = [...new Set(walked.map(({ gitCommitHash }) => gitCommitHash))];
      const listed = await demo.ask(
        `query ($in: [String!]) { tests(first: 100, filter: { gitCommitHash: { in: $in }, status: [FAIL] }) {
          totalCount nodes { id }
        } }`,
        { in: hashes },
      );
      expect([...commits.errors, ...listed.errors, ...listed.warnings]).toEqual([]);
      expect(new Set(nodesAt(listed.data, 'tests').map(({ id }) => id))).toEqual(new Set(failures.map(({ id }) => id)));
      expect(Object(listed.data.tests).totalCount).toBe(failures.length);
    },
    QUESTION_MS,
  );

  it(
    'names the source that has such tests and cannot list them',
    async () => {
      const { data, errors, warnings } = await demo.ask(
        '{ tests(filter: { origin: ["redhat"] }) { totalCount nodes { id } } }',
      );
      expect(errors).toEqual([]);
      expect(Object(data.tests).totalCount).toBeNull();
      expect(warnings).toMatchObject([{ extensions: { code: 'SOURCE_UNSUPPORTED', source: 'cki', field: 'tests' } }]);
    },
    QUESTION_MS,
  );

  it.runIf(hasChromium("the demo's pages"))(
    'GraphiQL has a tab for each of these questions',
    async () => {
      const { tabs, answer, file } = await takePicture(demo.url, 'demo');
      expect(tabs).toEqual([...questions.keys()]);
      expect(answer).toContain('"verdict":"PASS"');
      expect(statSync(file).size).toBeGreaterThan(20_000);
    },
    120_000,
  );
});

describeWithMongo('kcigraph demo --break', () => {
  const broken = { cki: 'down', syzbot: 'lying', kernelci: 'limited', native: 'slow' } as const;
  let demo: RunningDemo;
  beforeAll(async () => {
    demo = await RunningDemo.start(Object.entries(broken).flatMap((pair) => ['--break', pair.join('=')]));
  }, MONGO_START_MS);
  afterAll(async () => {
    expect(await demo?.stop()).toEqual({ code: 0, left: [] });
  });

  it.each([
    ['cki', 'SOURCE_UNAVAILABLE', 'nothing listens at its address'],
    ['syzbot', 'SOURCE_BAD_DATA', 'Please log in to use this network'],
    ['kernelci', 'SOURCE_RATE_LIMITED', 'may be asked no more than so often'],
    ['native', 'SOURCE_TIMEOUT', 'did not finish in time'],
  ])(
    '%s ends in %s, and what the others have is there',
    async (name, code, says) => {
      expect(demo.output).toContain(`${name}: `);
      const query = '{ issues(first: 5) { nodes { id } } checkouts(first: 5) { nodes { id } } }';
      const { data, errors, warnings } = await demo.ask(
        `query($sources: [String!]) ${query.replaceAll(')', ', sources: $sources)')}`,
        {
          sources: [name, 'maestro'],
        },
      );
      const told = [...errors, ...warnings].filter(({ extensions }) => extensions.source === name);
      expect(told.map(({ extensions }) => extensions.code)).toContain(code);
      expect(JSON.stringify(told)).toContain(says);
      expect(nodesAt(data, 'checkouts')).toHaveLength(5);
    },
    QUESTION_MS,
  );

  it.runIf(hasChromium('a page of the demo with a failure'))(
    'GraphiQL shows a failure beside the answer',
    async () => {
      const query = `# Two are asked: KernelCI answers, the other is too slow.
query Partly($commit: String!) {
  revision(
    gitCommitHash: $commit
    sources: ["maestro", "native"]
  ) {
    gitCommitName
    sources
    waiting: tests(filter: { status: [null] }) {
      nodes { path comment }
    }
  }
}
`;
      const { answer } = await takePicture(demo.url, 'demo-broken', query);
      expect(JSON.parse(answer)).toMatchObject({
        errors: expect.arrayContaining([
          expect.objectContaining({ extensions: { code: 'SOURCE_TIMEOUT', source: 'native' } }),
        ]),
        data: { revision: { sources: ['maestro'], waiting: { nodes: [{ path: 'kernelci_sleep' }] } } },
      });
    },
    120_000,
  );
});

describe('kcigraph demo where no server of the MongoDB protocol can be had', () => {
  it(
    'says so, and goes on with the rest',
    async () => {
      const demo = await RunningDemo.start([], { MONGODB_URI: 'mongodb://127.0.0.1:1/' });
      expect(demo.output).toContain('Left out: maestro and kernelci, which need a server of the MongoDB protocol.');
      const { data } = await demo.ask('{ sources { name } revision(gitCommitHash: "9c899abcacb1") { sources } }');
      expect(namesOf(data.sources)).toEqual(['cki', 'syzbot', 'native']);
      expect(data.revision).toEqual({ sources: ['cki', 'syzbot', 'native'] });
      expect(await demo.stop()).toEqual({ code: 0, left: [] });
    },
    QUESTION_MS,
  );

  it('refuses what it does not know, with the exit code 2', async () => {
    const { code, stderr } = await runCommand(['demo', '--break', 'cki=asleep'], tmpdir());
    expect(code).toBe(2);
    expect(stderr).toContain('then "=", then one of down, slow, lying, limited; "cki=asleep" is not.');
  });
});

type Fields = Readonly<Record<string, unknown>>;

/** The nodes of the connection to which these fields lead. */
function nodesAt(data: Fields, ...path: readonly string[]): readonly Fields[] {
  const connection = path.reduce<unknown>((at, field) => Object(at)[field], data);
  const nodes: unknown = Object(connection).nodes;
  return Array.isArray(nodes) ? nodes : [];
}

function namesOf(list: unknown): unknown[] {
  return Array.isArray(list) ? list.map((one) => Object(one).name) : [];
}
