import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Page, PageQuery, Place } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Issue } from '../../../adapters/contract/model.ts';
import type { DashboardBug } from '../../../examples/upstreams/syzbot/bug.ts';
import { generateBug, generateBugs } from '../../../examples/upstreams/syzbot/generate-bugs.ts';
import { SAMPLE_BUGS } from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import { busiestWindow } from '../../../examples/upstreams/syzbot/throttle.ts';
import { asking } from '../../support/asked-adapter.ts';
import { watchTurns } from '../../support/held-turns.ts';
import { aCall, aFolder, aServer, aSource, filled, hex, listed, type OpenSource } from './lab.ts';

const BUGS = generateBugs({ bugs: 30 });
const idsOf = (bugs: readonly DashboardBug[]) => bugs.map(({ page }) => `syzbot:${page.id}`);

async function issue({ adapter }: Pick<OpenSource, 'adapter'>, id: string): Promise<Issue | null> {
  const found = (await asking(adapter).get('issue', [id], aCall())).get(id);
  return found === undefined || found instanceof SourceError ? null : found.object;
}

describe('the sweep', () => {
  it('reads each list once and each bug once, and from then on questions cost nothing', async () => {
    const server = await aServer(BUGS);
    const source = await aSource(server.url);
    await filled(source.adapter);
    const lists = server.paths.filter((path) => path.startsWith('/upstream'));
    expect(lists.sort()).toEqual(['/upstream/fixed?json=1', '/upstream/invalid?json=1', '/upstream?json=1']);
    expect(server.requests).toHaveLength(3 + BUGS.length);
    expect((await listed(source.adapter)).sort()).toEqual(idsOf(BUGS).sort());
    for (const entity of ['checkout', 'build', 'test', 'incident'] as const) await listed(source.adapter, entity, 7);
    for (const id of idsOf(BUGS)) expect(await issue(source, id)).toMatchObject({ id });
    const query = { where: null, order: 'NEWEST', first: 50, after: null } as const;
    for (const id of idsOf(BUGS)) await asking(source.adapter).related('incidentsOfIssue', [id], query, aCall());
    expect(server.requests).toHaveLength(3 + BUGS.length);
    expect(new Set(server.requests.map(({ headers }) => headers['accept-encoding']))).toEqual(
      new Set(['gzip, deflate, br']),
    );
    expect(server.requests.every(({ headers }) => headers.cookie === undefined)).toBe(true);
  });

  it('keeps what it learnt: a restart answers at once, also while the dashboard is away', async () => {
    const server = await aServer(BUGS);
    const source = await aSource(server.url);
    await filled(source.adapter);
    const before = await listed(source.adapter);
    await source.stop();
    await server.close();
    const start = performance.now();
    const again = await aSource(server.url, {}, { dataDir: source.dataDir });
    expect(await listed(again.adapter)).toEqual(before);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('goes on where it was after a restart in the middle', async () => {
    const server = await aServer(BUGS, { delay: 20 });
    const source = await aSource(server.url);
    await expect.poll(async () => (await listed(source.adapter)).length, { interval: 10 }).toBeGreaterThan(8);
    await source.stop();
    const half = server.requests.length;
    const again = await aSource(server.url, {}, { dataDir: source.dataDir });
    expect((await listed(again.adapter)).length).toBeGreaterThan(8);
    await filled(again.adapter);
    expect((await listed(again.adapter)).sort()).toEqual(idsOf(BUGS).sort());
    // The three lists, and at most one bug that was under way.
    expect(server.requests.length).toBeLessThanOrEqual(3 + BUGS.length + 3 + 1);
    expect(half).toBeLessThan(3 + BUGS.length);
  });

  it('says what it does not know yet, and goes on from there, each bug once', async () => {
    const server = await aServer(BUGS, { delay: 15 });
    const { adapter } = await aSource(server.url);
    const ids: string[] = [];
    let after = null;
    let warned = 0;
    for (let page = 0; page < 500; page++) {
      const call = aCall();
      const got: Page<Issue> = await asking(adapter).list(
        'issue',
        { where: null, order: 'NEWEST', first: 4, after },
        call,
      );
      ids.push(...got.items.map(({ object }) => object.id));
      warned += call.warnings.filter(({ code }) => code === 'SOURCE_TRUNCATED').length;
      expect(call.warnings.length).toBeLessThanOrEqual(1);
      const last = got.items.at(-1);
      if (last !== undefined) after = { time: last.time, tie: last.tie, mark: last.mark ?? '' };
      if (!got.hasMore) break;
      await delay(10);
    }
    expect(warned).toBeGreaterThan(0);
    expect(ids.length).toBe(new Set(ids).size);
    expect([...ids].sort()).toEqual(idsOf(BUGS).sort());
  });

  it('answers from disk alone while it is offline', async () => {
    const server = await aServer(BUGS);
    const source = await aSource(server.url);
    await filled(source.adapter);
    const before = await listed(source.adapter);
    await source.stop();
    server.requests.length = 0;
    const offline = await aSource(server.url, {}, { dataDir: source.dataDir, offline: true });
    expect(await listed(offline.adapter)).toEqual(before);
    const cold = `syzbot:${'00'.repeat(20)}`;
    await expect(asking(offline.adapter).get('issue', [cold], aCall())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('offline'),
    });
    expect(await offline.adapter.health(aCall())).toMatchObject({ ok: true });
    expect(server.requests).toEqual([]);
  });

  it('follows bugs that are reported, move, get another external id, become duplicates or go', async () => {
    const server = await aServer(BUGS);
    const { dashboard } = server;
    const source = await aSource(server.url, { freshness: 150 });
    const { adapter } = source;
    await filled(adapter);
    const open = BUGS.filter(({ group, extids }) => group === 'open' && extids.length > 0);
    const [first, second, third, fourth] = open;
    if (!first || !second || !third || !fourth) throw new Error('There are too few open bugs.');
    const newest = [1, 2].map((number) => generateBug({ bugs: 2, seed: 'new' }, number));
    for (const bug of newest.toReversed()) dashboard.report({ ...bug, group: 'open', extids: [hex(bug.page.id, 20)] });
    await expect.poll(async () => (await listed(adapter)).slice(0, 2)).toEqual(idsOf(newest));

    const closed = '2026-09-01T00:00:00Z';
    const page = { ...first.page, status: 'fixed on 2026/09/01 00:00', 'close-time': closed };
    const before = await issue(source, `syzbot:${first.page.id}`);
    dashboard.put({ ...first, group: 'fixed', page });
    await expect.poll(async () => (await issue(source, `syzbot:${first.page.id}`))?.misc?.state).toBe('fixed');
    const after = await issue(source, `syzbot:${first.page.id}`);
    expect(after?.version).toBe(Date.parse(closed) / 1000);
    expect(after?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);

    const extid = hex('another stage', 20);
    dashboard.put({ ...second, extids: [...second.extids, extid] });
    await expect.poll(async () => (await issue(source, `syzbot:${second.page.id}`))?.misc?.extid).toBe(extid);
    for (const one of [...second.extids, extid])
      expect((await issue(source, `syzbot:${one}`))?.id).toBe(`syzbot:${second.page.id}`);

    dashboard.put({ ...third, group: null, page: { ...third.page, status: 'closed as dup on 2026/09/01 00:00' } });
    dashboard.remove(fourth.page.id);
    // What left its list is looked at again after a few lists.
    await expect
      .poll(async () => (await issue(source, `syzbot:${third.page.id}`))?.misc?.state, { timeout: 5000 })
      .toBe('dup');
    await expect.poll(() => issue(source, `syzbot:${fourth.page.id}`), { timeout: 5000 }).toBeNull();
    const all = await listed(adapter);
    expect(all).toHaveLength(new Set(all).size);
    expect(all).toHaveLength(BUGS.length + 2 - 1);
  });

  it('takes a bug that stands in two lists at once for one', async () => {
    const server = await aServer(BUGS);
    const [bug] = BUGS;
    const list = server.dashboard.list.bind(server.dashboard);
    server.dashboard.list = (namespace, group) => {
      const rows = list(namespace, group) ?? [];
      return group === 'open' ? rows : [...rows, ...rows, ...(list(namespace, 'open') ?? []).slice(0, 1)];
    };
    const source = await aSource(server.url);
    await filled(source.adapter);
    const all = await listed(source.adapter);
    expect(all).toHaveLength(BUGS.length);
    expect(all.filter((id) => id === `syzbot:${bug?.page.id}`)).toHaveLength(1);
  });

  it('reads every namespace, and one that is not there takes nothing from the others', async () => {
    const other = generateBugs({ bugs: 5, namespace: 'linux-6.6' });
    const server = await aServer([...BUGS, ...other], { namespaces: ['upstream', 'empty'] });
    const { adapter, log } = await aSource(server.url, { namespaces: ['upstream', 'empty', 'nowhere', 'linux-6.6'] });
    await expect.poll(async () => (await listed(adapter)).length).toBe(BUGS.length + other.length + 1);
    expect(await adapter.health(aCall())).toMatchObject({ detail: expect.stringContaining('“nowhere”') });
    expect(log).toContainEqual(
      expect.objectContaining({
        err: expect.objectContaining({ message: expect.stringContaining('it does not know') }),
      }),
    );
    expect(server.paths.filter((path) => path === '/upstream')).toEqual([]);
    const found = await issue({ adapter }, `syzbot:${other[0]?.page.id}`);
    expect(found?.misc?.namespace).toBe('linux-6.6');
  });

  it('is not held up by a bug that cannot be read', async () => {
    const bad = BUGS[2]?.extids[0] ?? '';
    const hanging = BUGS[0]?.extids[0] ?? '';
    const server = await aServer(BUGS);
    server.fault = (request, response) => {
      if (request.url?.includes(bad)) response.writeHead(200, { 'content-type': 'application/json' }).end('{"half');
      return request.url?.includes(bad) === true || request.url?.includes(hanging) === true;
    };
    const { adapter } = await aSource(server.url, {}, { timeout: 300 });
    await filled(adapter);
    expect((await listed(adapter)).length).toBe(BUGS.length - 2);
  });
});

describe('of 10,000 bugs', () => {
  it('people are answered while they are learnt, and nobody is held up', async () => {
    const bugs = generateBugs({ bugs: 10_000, crashes: 3 });
    const url = await serverProcess(bugs.length);
    const turns = watchTurns();
    const { adapter } = await aSource(url, {}, { concurrency: 2 });
    await expect
      .poll(async () => (await listed(adapter, 'issue', 500)).length, { timeout: 20_000, interval: 200 })
      .toBeGreaterThan(300);
    const last = bugs.at(-1);
    const start = performance.now();
    const id = `syzbot:${last?.page.id}`;
    expect((await asking(adapter).get('issue', [id], aCall())).get(id)).toMatchObject({ object: { id } });
    const ms = performance.now() - start;
    const held = (await turns.end()).slice(0, 5).map(Math.round);
    console.log(
      `A cold bug beside the sweep: ${Math.round(ms)} ms; the longest turns took ${held.join(', ')} ms of work.`,
    );
    // Three lists of thousands of rows are parsed, each in one piece.
    expect(held[4]).toBeLessThan(30);
    expect(ms).toBeLessThan(1000);
  });
});

/** A dashboard that takes no time of ours. */
async function serverProcess(bugs: number): Promise<string> {
  const script = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, String(bugs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return String(line).trim();
}

describe('an index that is full', () => {
  it('leaves closed bugs out, says so, and does not read in circles', async () => {
    const bugs = generateBugs({ bugs: 400, crashes: 3 });
    const server = await aServer(bugs);
    const { adapter } = await aSource(server.url, { maxEntries: 1000, freshness: 100 });
    await expect
      .poll(async () => (await adapter.health(aCall())).detail, { timeout: 15_000, interval: 50 })
      .toMatch(/^The index knows \d+ bugs\. It is full \(maxEntries, maxBytes\): \d+ more are listed\./);
    // Open bugs are read to the end; then nothing more is.
    const readIn = async (ms: number) => {
      const before = server.requests.filter(({ path }) => path.startsWith('/bug')).length;
      await delay(ms);
      return server.requests.filter(({ path }) => path.startsWith('/bug')).length - before;
    };
    await expect.poll(() => readIn(400), { timeout: 15_000 }).toBe(0);
    expect(await readIn(600)).toBe(0);
    const call = aCall();
    await asking(adapter).list('issue', { where: null, order: 'NEWEST', first: 500, after: null }, call);
    expect(call.warnings).toMatchObject([{ code: 'SOURCE_TRUNCATED' }]);
  });
});

describe('a bug with 280 crashes', () => {
  it('is one request, and its incidents and tests come in pages', async () => {
    const [bug] = generateBugs({ bugs: 1 });
    if (bug === undefined) throw new Error('There is no bug.');
    const crashes = Array.from({ length: 280 }, (_, n) => ({
      title: `WARNING ${n % 3}`,
      'kernel-config': `/text?tag=KernelConfig&x=c${n % 7}`,
      'kernel-source-commit': hex(`kernel ${n % 40}`, 40),
      'crash-report-link': `/text?tag=CrashReport&x=${hex(`report ${n}`, 14)}`,
    }));
    const server = await aServer([{ ...bug, group: null, page: { ...bug.page, crashes } }]);
    const { adapter } = await aSource(server.url);
    const id = `syzbot:${bug.page.id}`;
    const seen: string[] = [];
    let after: Place | null = null;
    for (let isEnd = false; !isEnd; ) {
      const query: PageQuery<'incident'> = { where: null, order: 'NEWEST', first: 100, after };
      const page = (await asking(adapter).related('incidentsOfIssue', [id], query, aCall())).get(id);
      if (page === undefined || page instanceof SourceError) throw new Error(`No page: ${page}`);
      seen.push(...page.items.map(({ object }) => object.testId ?? ''));
      isEnd = !page.hasMore;
      const last = page.items.at(-1);
      after = last === undefined ? null : { time: last.time, tie: last.tie };
    }
    await filled(adapter);
    expect(new Set(seen).size).toBe(280);
    expect((await asking(adapter).get('test', seen, aCall('test'))).size).toBe(280);
    expect(server.paths.filter((path) => path.startsWith('/bug'))).toHaveLength(1);
    expect(await listed(adapter, 'checkout')).toHaveLength(40);
    expect(await listed(adapter, 'build')).toHaveLength(280);
  });
});

describe('a rate', () => {
  it('is kept in every window, whoever asks, and people go before the sweep', async () => {
    const server = await aServer(BUGS);
    const { adapter } = await aSource(server.url, {}, { rate: 6, concurrency: 4 });
    const cold = SAMPLE_BUGS[7];
    if (cold === undefined) throw new Error('There is no duplicate.');
    server.dashboard.put(cold);
    await expect.poll(() => server.requests.length, { timeout: 5000 }).toBeGreaterThan(4);
    const start = performance.now();
    const id = `syzbot:${cold.page.id}`;
    expect((await asking(adapter).get('issue', [id], aCall())).size).toBe(1);
    expect(performance.now() - start).toBeLessThan(1500);
    const others = BUGS.slice(-8).map(({ page }) => `syzbot:${page.id}`);
    await Promise.all(others.map((one) => asking(adapter).get('issue', [one], aCall())));
    const times = server.requests.map(({ at }) => at);
    expect(times.length).toBeGreaterThan(10);
    expect(busiestWindow(times, 1000)).toBeLessThanOrEqual(6);
  });
});

describe('a list that never changed', () => {
  it('keeps its order and its places over a restart', async () => {
    const server = await aServer(BUGS);
    const dataDir = await aFolder();
    const source = await aSource(server.url, {}, { dataDir });
    await filled(source.adapter);
    const query = { where: null, order: 'NEWEST', first: 10, after: null } as const;
    const page = await asking(source.adapter).list('issue', query, aCall());
    const all = await listed(source.adapter);
    await source.stop();
    const again = await aSource(server.url, {}, { dataDir });
    const last = page.items.at(-1);
    const after = last === undefined ? null : { time: last.time, tie: last.tie, mark: last.mark ?? '' };
    const rest = await asking(again.adapter).list('issue', { ...query, first: 500, after }, aCall());
    expect([...page.items, ...rest.items].map(({ object }) => object.id)).toEqual(all);
  });
});
