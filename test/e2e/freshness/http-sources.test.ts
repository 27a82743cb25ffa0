import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { commitOf, createCkiData } from '../../../examples/upstreams/cki/data.ts';
import { CkiServer } from '../../../examples/upstreams/cki/server.ts';
import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import { SAMPLE_BUGS } from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';
import type { SourceConfig } from '../../../gateway/federation/registry.ts';
import { FaultyServer } from '../../support/faulty-server.ts';
import type { FaultGateway } from '../faults/fault-gateway.ts';
import { expectNotShown, expectShownWithin, gatewayOver, type Ways } from './shown-within.ts';

const DOCUMENT = await readFile(new URL('../../../examples/documents/acme-nightly.json', import.meta.url), 'utf8');

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open(adapter: string, given: object, settings: Partial<SourceConfig> = {}): Promise<FaultGateway> {
  const gateway = await gatewayOver(adapter, given, settings);
  opened.push(gateway);
  return gateway;
}

describe('CKI', () => {
  const aServer = async () => {
    const server = new CkiServer(createCkiData({ checkouts: 12, builds: 2, tests: 3 }));
    await server.listen();
    opened.push(server);
    return server;
  };
  const isFilled = async (gateway: FaultGateway) => {
    const detail = async () => (await gateway.ask('{ source(name: "ci") { detail } }')).text;
    await expect.poll(detail, { timeout: 10_000 }).toContain('12 checkouts.');
  };
  const revision = (hash: string, selected: string) => `{ revision(gitCommitHash: "${hash}") { ${selected} } }`;

  it('shows a test as it has become within cacheTtl, by id, below its build and below its revision', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url }, { cacheTtl: 1_000 });
    await isFilled(gateway);
    const [build = '', tests = []] = [...server.data.tests].find(([, list]) => list.length > 0) ?? [];
    const [test] = tests;
    if (test === undefined) throw new Error('There are no tests.');
    const ways: Ways = {
      'by id': `{ test(id: "${test.id}") { status comment } }`,
      'below its build': `{ build(id: "${build}") { tests { nodes { id comment } } } }`,
      'by revision': revision(commitOf(0), 'tests(first: 50) { nodes { id comment } }'),
    };
    await expectNotShown(gateway, ways, 'looked at again');
    tests[0] = { ...test, comment: 'looked at again' };
    await expectShownWithin(gateway, 1_000, ways, 'looked at again');
  });

  it('shows a commit that was asked for before the index had it as soon as the index has it', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url, refresh: 200 });
    await isFilled(gateway);
    const [first] = server.data.checkouts;
    const hash = 'ab'.repeat(20);
    const id = 'redhat:2200000000';
    const ways: Ways = {
      'by revision': revision(hash, 'checkouts { nodes { id } }'),
      'by a prefix': revision(hash.slice(0, 12), 'checkouts { nodes { id } }'),
      'in a list': '{ checkouts(first: 3) { nodes { id } } }',
      'in a list by its commit': `{ checkouts(first: 3, filter: { gitCommitHash: { in: ["${hash}"] } }) { nodes { id } } }`,
    };
    await expectNotShown(gateway, ways, id);
    if (first !== undefined) server.data.checkouts.unshift({ ...first, id, git_commit_hash: hash });
    await expectShownWithin(gateway, 200, ways, id);
  });

  it('is asked for a commit that the index does not know yet, at once where it looked for none lately', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url, refresh: 600_000 }, { cacheTtl: 500 });
    await isFilled(gateway);
    const [first] = server.data.checkouts;
    const hash = 'cd'.repeat(20);
    if (first !== undefined)
      server.data.checkouts.unshift({ ...first, id: 'redhat:2200000001', git_commit_hash: hash });
    await expectShownWithin(gateway, 500, { cold: revision(hash, 'checkouts { nodes { id } }') }, 'redhat:2200000001');
  });

  it('is asked by id for a checkout that its list does not show', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url });
    await isFilled(gateway);
    const [first] = server.data.checkouts;
    // The list is read before, and is never read again.
    const hidden = { ...first, id: 'redhat:2300000000' };
    const rows = server.data.checkouts;
    Object.defineProperty(rows, 'filter', { value: () => rows.slice(0, 12) });
    rows.push(hidden);
    const { data, errors } = await gateway.ask('{ checkout(id: "redhat:2300000000") { id } }');
    expect({ data, errors }).toEqual({ data: { checkout: { id: 'redhat:2300000000' } }, errors: [] });
  });

  it('keeps a "no" by id for ten seconds at most, and less where cacheTtl says so', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url }, { cacheTtl: 700 });
    await isFilled(gateway);
    const [build = ''] = [...server.data.tests.keys()];
    const ways = { 'by id': `{ test(id: "${build}-new") { id } }` };
    await expectNotShown(gateway, ways, '-new');
    const below = server.data.tests.get(build) ?? [];
    const [like] = [...server.data.tests.values()].flat();
    if (like !== undefined) below.push({ ...like, id: `${build}-new`, build_id: build });
    await expectShownWithin(gateway, 700, ways, `${build}-new`);
  });

  it('takes only what is as new as the client asks for, yet reads nothing twice within five seconds', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url, refresh: 600_000 });
    await isFilled(gateway);
    const [test] = [...server.data.tests.values()].flat();
    const ask = async () => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
        body: JSON.stringify({ query: `{ test(id: "${test?.id}") { id } }` }),
      });
      await response.text();
      return server.requests.filter(({ path }) => path.includes('/kcidb/tests/')).length;
    };
    expect(await ask()).toBe(1);
    const since = performance.now();
    expect(await ask()).toBe(1);
    await expect.poll(ask, { timeout: 15_000, interval: 250 }).toBe(2);
    expect(performance.now() - since).toBeGreaterThan(4_500);
  });

  it('tells the age of what it has kept, which grows', async () => {
    const server = await aServer();
    const gateway = await open('cki', { url: server.url, refresh: 600_000 });
    await isFilled(gateway);
    const age = async (): Promise<number> => {
      const { text } = await gateway.ask(revision(commitOf(0), 'checkouts { nodes { id } }'));
      return JSON.parse(text).extensions.sources.ci.ageMs;
    };
    const before = await age();
    await expect.poll(age).toBeGreaterThan(before + 50);
  });
});

describe('syzbot', () => {
  const open1 = async (settings: Partial<SourceConfig>, freshness = 600_000) => {
    const dashboard = new Dashboard(SAMPLE_BUGS);
    const server = new SyzbotServer(dashboard);
    await server.listen();
    opened.push(server);
    const gateway = await open('syzbot', { url: server.url, freshness }, settings);
    const detail = async () => (await gateway.ask('{ source(name: "ci") { detail } }')).text;
    await expect.poll(detail, { timeout: 10_000 }).toMatch(/The index knows \d+ bugs\./);
    return { dashboard, gateway };
  };

  it('shows a bug as it has become within freshness, by id, in a list and by the commit that caused it', async () => {
    const { dashboard, gateway } = await open1({}, 500);
    const [bug] = SAMPLE_BUGS;
    const cause = bug?.page['cause-commit']?.hash ?? '';
    const ways: Ways = {
      'by id': `{ issue(id: "syzbot:${bug?.page.id}") { misc } }`,
      'in a list': '{ issues(first: 50) { nodes { id misc } } }',
      'by revision': `{ revision(gitCommitHash: "${cause}") { issues { nodes { id misc } } } }`,
    };
    await expectNotShown(gateway, ways, 'fixed on 2026/09/01');
    if (bug === undefined) throw new Error('There are no bugs.');
    const page = { ...bug.page, status: 'fixed on 2026/09/01 00:00', 'close-time': '2026-09-01T00:00:00Z' };
    dashboard.put({ ...bug, group: 'fixed', page });
    await expectShownWithin(gateway, 500, ways, 'fixed on 2026/09/01');
  });

  it('shows a bug by id within cacheTtl, and from then on in lists too', async () => {
    const { dashboard, gateway } = await open1({ cacheTtl: 500 });
    const [bug] = SAMPLE_BUGS;
    if (bug === undefined) throw new Error('There are no bugs.');
    const byId = { 'by id': `{ issue(id: "syzbot:${bug.page.id}") { misc } }` };
    await expectNotShown(gateway, byId, 'invalid on 2026/09/02');
    dashboard.put({ ...bug, page: { ...bug.page, status: 'closed as invalid on 2026/09/02 00:00' } });
    await expectShownWithin(gateway, 500, byId, 'invalid on 2026/09/02');
    const { data } = await gateway.ask('{ issues(first: 50) { nodes { id misc } } }');
    expect(JSON.stringify(data)).toContain('invalid on 2026/09/02');
  });

  it('is asked again after ten seconds at most for a bug that it did not know', async () => {
    const { dashboard, gateway } = await open1({ cacheTtl: 400 });
    const id = 'd7'.repeat(20);
    const byId = { 'by id': `{ issue(id: "syzbot:${id}") { id } }` };
    await expectNotShown(gateway, byId, id);
    const [bug] = SAMPLE_BUGS;
    if (bug !== undefined) dashboard.put({ ...bug, extids: [], page: { ...bug.page, id } });
    await expectShownWithin(gateway, 400, byId, id);
  });
});

describe('documents behind a URL', () => {
  const { checkouts, tests } = JSON.parse(DOCUMENT);
  const ways: Ways = {
    'by id': `{ test(id: "${tests[0].id}") { id comment } }`,
    'by revision': `{ revision(gitCommitHash: "${checkouts[0].git_commit_hash}") { tests { nodes { comment } } } }`,
    'in a list': '{ tests(first: 100) { nodes { id comment } } }',
  };

  it.each([
    ['freshness', { freshness: 600 }, {}],
    ['cacheTtl, however fresh they are said to be', { freshness: 600_000 }, { cacheTtl: 600 }],
    ['no time at all, where cacheTtl is 0', { freshness: 600_000 }, { cacheTtl: 0 }],
  ])('are shown as they have become within %s', async (_, given, settings) => {
    const server = new FaultyServer(DOCUMENT);
    await server.listen();
    opened.push(server);
    const gateway = await open('file', { url: server.url, ...given }, settings);
    await expectNotShown(gateway, ways, 'looked at again');
    server.body = JSON.stringify({
      ...JSON.parse(DOCUMENT),
      tests: tests.map((test: object) => ({ ...test, comment: 'looked at again' })),
    });
    if ('cacheTtl' in settings && settings.cacheTtl === 0) {
      for (const [way, query] of Object.entries(ways)) {
        expect(JSON.stringify((await gateway.ask(query)).data), way).toContain('looked at again');
      }
    } else await expectShownWithin(gateway, 600, ways, 'looked at again');
  });
});
