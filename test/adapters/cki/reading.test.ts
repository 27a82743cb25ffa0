import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Adapter, Page, PageQuery, Place } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { commitOf, createCkiData } from '../../../examples/upstreams/cki/data.ts';
import { CkiServer, type CkiServerOptions } from '../../../examples/upstreams/cki/server.ts';
import { asking } from '../../support/asked-adapter.ts';
import { type CkiSettings, type CkiSource, startCki, withFolder } from './cki-source.ts';
import { filled, makeCall } from './open-cki.ts';

const NEWEST = { where: null, order: 'NEWEST', after: null } as const;
const TOKEN = 'f'.repeat(40);
let server: CkiServer;
let source: CkiSource | null = null;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(() => open());
afterEach(async () => {
  await source?.stop();
  source = null;
  for (const close of closing.splice(0)) await close();
  await server.close();
});

async function open(options: CkiServerOptions = {}, checkouts = 12): Promise<void> {
  await server?.close();
  server = new CkiServer(createCkiData({ checkouts, builds: 3, tests: 5 }), { token: TOKEN, ...options });
  await server.listen();
}

async function start(folder: string, given: object = {}, settings: CkiSettings = {}): Promise<Adapter> {
  source = await startCki({ url: server.url, ...given }, folder, settings);
  return source.adapter;
}

/** Requests for a path that contains a text. */
const asked = (text: string) => server.requests.filter(({ path }) => path.includes(text)).length;
function ids<T extends { readonly id: string }>(page: Page<T> | SourceError | undefined): string[] {
  if (page === undefined || !('items' in page)) throw page;
  return page.items.map(({ object }) => object.id);
}
const [id0 = '', id1 = ''] = createCkiData({ checkouts: 2 }).checkouts.map(({ id }) => id);

describe('a request', () => {
  it('carries the token to the configured host, a contact, and asks for gzip', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { token: TOKEN });
      await filled(cki);
      expect(server.requests[0]?.headers).toMatchObject({
        authorization: `Token ${TOKEN}`,
        'user-agent': 'kcigraph (ci@example.org)',
        'accept-encoding': expect.stringContaining('gzip'),
        accept: 'application/json',
      });
    }));

  it('shows the token nowhere else', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { token: 'very-secret' });
      const error = await asking(cki)
        .get('build', ['redhat:1'], makeCall())
        .catch((fault: unknown) => fault);
      expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.stringMatching(/credentials/) });
      const { detail = '' } = await cki.health(makeCall());
      await source?.stop();
      const files = await readdir(join(folder, 'sources', 'cki'));
      const texts = await Promise.all(files.map((file) => readFile(join(folder, 'sources', 'cki', file), 'latin1')));
      expect(JSON.stringify([error, String(error), detail, source?.log, texts])).not.toContain('very-secret');
    }));
});

describe('a DataWarehouse that was never reached', () => {
  it('fails a question about commits: nothing is known, which is not that nothing is there', () =>
    withFolder(async (folder) => {
      await server.close();
      const cki = await start(folder);
      const down = { code: 'SOURCE_UNAVAILABLE' };
      await expect(
        asking(cki).related('checkoutsOfRevision', [commitOf(0)], { ...NEWEST, first: 5 }, makeCall()),
      ).rejects.toMatchObject(down);
      await expect(asking(cki).list('checkout', { ...NEWEST, first: 5 }, makeCall())).rejects.toMatchObject(down);
    }));
});

describe('what is asked in several ways at once', () => {
  it('is read once: a page that is shown and counted, an object of which different fields are asked for', () =>
    withFolder(async (folder) => {
      const cki = await start(folder);
      await filled(cki);
      const build = `${id0}-x86_64-kernel`;
      await Promise.all([1, 2, 3].map(() => asking(cki).get('build', [build], makeCall())));
      expect(asked(`/builds/${build}`)).toBe(1);
      const [shown, counted] = await Promise.all(
        [2, 50].map((first) => asking(cki).related('buildsOfCheckout', [id0], { ...NEWEST, first }, makeCall())),
      );
      expect([shown, counted].map((pages) => ids(pages?.get(id0)).length)).toEqual([2, 3]);
      expect(asked('/builds?')).toBe(1);
    }));

  it('is not asked for again at once where it is not there', () =>
    withFolder(async (folder) => {
      const cki = await start(folder);
      await filled(cki);
      const build = `${id0}-riscv64-kernel`;
      for (const fields of [['id'], ['status']]) {
        const found = await asking(cki).get('build', [build], { ...makeCall(), fields: new Set(fields) });
        expect(found.size).toBe(0);
      }
      expect(asked('riscv64')).toBe(1);
    }));
});

describe('lists', () => {
  it('may heed no limit; of one that cannot be read on the rows before stand, and the fault is told', () =>
    withFolder(async (folder) => {
      const build = `${id0}-x86_64-kernel`;
      const [builds = [], tests = []] = [server.data.builds.get(id0), server.data.tests.get(build)];
      server.fault = ({ url = '' }, response) => {
        const isWhole = url.includes('/builds?');
        if (!isWhole && !url.includes('/tests?')) return false;
        const next = isWhole ? null : 'https://datawarehouse.internal.example/tests?limit=2&offset=2';
        const page = { count: 5, next, previous: null, results: isWhole ? builds : tests.slice(0, 2) };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
        return true;
      };
      const cki = await start(folder, { pageSize: 2 });
      await filled(cki);
      const below = await asking(cki).related('buildsOfCheckout', [id0], { ...NEWEST, first: 10 }, makeCall());
      expect(ids(below.get(id0))).toEqual(builds.map(({ id }) => id));
      expect(builds.length).toBeGreaterThan(2);
      const warnings: SourceError[] = [];
      const call = { ...makeCall(), warn: (error: SourceError) => warnings.push(error) };
      const cut = (await asking(cki).related('testsOfBuild', [build], { ...NEWEST, first: 10 }, call)).get(build);
      expect(ids(cut)).toEqual(tests.slice(0, 2).map(({ id }) => id));
      expect(cut).toMatchObject({ hasMore: true });
      expect(warnings).toMatchObject([{ code: 'SOURCE_BAD_DATA', message: expect.stringContaining('"offset"') }]);
    }));

  it('are read by counting rows: a link to another host is never followed', () =>
    withFolder(async (folder) => {
      await open({ maxLimit: 4, linkHost: 'http://127.0.0.1:1' }, 30);
      const cki = await start(folder);
      await filled(cki);
      const page = await asking(cki).list('checkout', { ...NEWEST, first: 50 }, makeCall());
      expect(ids(page)).toEqual(server.data.checkouts.map(({ id }) => id));
      // The source gives four rows at once, and is asked for no more from then on.
      expect(server.requests[0]?.path).toContain('limit=100');
      expect(server.requests.at(-1)?.path).toContain('limit=4');
    }));

  it('lose and repeat nothing while rows are added and taken away', () =>
    withFolder(async (folder) => {
      const [build = ''] = server.data.tests.keys();
      const template = server.data.tests.get(build) ?? [];
      const rows = Array.from({ length: 90 }, (_, number) => ({
        ...template[0],
        id: `${build}_upt_${1_000 - number}`,
      }));
      server.data.tests.set(build, rows);
      const before = rows.map(({ id }) => id);
      const cki = await start(folder, { pageSize: 20, freshness: 0 });
      const seen: string[] = [];
      let after: Place | null = null;
      for (let hasMore = true; hasMore; ) {
        const query: PageQuery<'test'> = { ...NEWEST, first: 7, after };
        const page = (await asking(cki).related('testsOfBuild', [build], query, makeCall())).get(build);
        if (page === undefined || !('items' in page)) throw page;
        seen.push(...ids(page));
        after = page.items.at(-1) ?? after;
        hasMore = page.hasMore;
        rows.unshift({ ...template[0], id: `${build}_upt_${2_000 + seen.length}` });
        if (seen.length < 60) rows.splice(rows.length - 1, 1);
      }
      expect(new Set(seen).size).toBe(seen.length);
      const left = new Set(rows.map(({ id }) => id));
      expect(seen.filter((id) => left.has(id))).toEqual(before.filter((id) => left.has(id)));
    }));

  it('leave out what is hidden, and find nothing under its id', () =>
    withFolder(async (folder) => {
      server.data.internal.add(id0);
      const cki = await start(folder);
      await filled(cki);
      expect(ids(await asking(cki).list('checkout', { ...NEWEST, first: 50 }, makeCall()))).not.toContain(id0);
      expect((await asking(cki).get('checkout', [id0], makeCall())).size).toBe(0);
      const below = await asking(cki).related('buildsOfCheckout', [id0], { ...NEWEST, first: 5 }, makeCall());
      expect(ids(below.get(id0))).toEqual([]);
      await source?.stop();
      const member = await start(`${folder}/member`, { token: TOKEN });
      expect((await asking(member).get('checkout', [id0], makeCall())).size).toBe(1);
    }));

  it('are one request a page, which serves look-ups of its rows as well', () =>
    withFolder(async (folder) => {
      const cki = await start(folder);
      await filled(cki);
      const before = server.requests.length;
      const builds = await asking(cki).related('buildsOfCheckout', [id0], { ...NEWEST, first: 2 }, makeCall());
      await asking(cki).related('buildsOfCheckout', [id0], { ...NEWEST, first: 3 }, makeCall());
      const [build = ''] = ids(builds.get(id0));
      await asking(cki).get('build', [build], makeCall());
      expect(server.requests.length - before).toBe(1);
    }));
});

describe('the index by commit', () => {
  it('is filled in the background, and finds a commit, its patches, and its beginning without a request', () =>
    withFolder(async (folder) => {
      await open({}, 250);
      const cki = await start(folder);
      await filled(cki);
      expect(asked('/kcidb/checkouts?')).toBe(server.requests.length);
      const before = server.requests.length;
      // The first two are of the same commit, one of them with patches.
      const hash = commitOf(0);
      const patchset = String(server.data.checkouts[1]?.patchset_hash);
      const keys = [hash, `${hash}+${patchset}`, hash.toUpperCase(), commitOf(249), '0'.repeat(40)];
      const found = await asking(cki).related('checkoutsOfRevision', keys, { ...NEWEST, first: 5 }, makeCall());
      expect(keys.map((key) => ids(found.get(key)))).toEqual([
        [id0],
        [id1],
        [id0],
        [server.data.checkouts[249]?.id],
        [],
      ]);
      const where = { gitCommitHash: { prefix: hash.slice(0, 12).toUpperCase() } };
      const page = await asking(cki).list('checkout', { ...NEWEST, where, first: 5 }, makeCall());
      expect(ids(page).toString()).toBe([id0, id1].toString());
      expect(server.requests.length).toBe(before);
      expect((await cki.health(makeCall())).detail).toContain('250 checkouts.');
    }));

  it('says what is missing while it is filled, and goes on from there', () =>
    withFolder(async (folder) => {
      await open({}, 250);
      server.fault = (request, response) => {
        if (!String(request.url).includes('offset=')) return false;
        response.writeHead(500).end();
        return true;
      };
      const cki = await start(folder);
      const warnings: SourceError[] = [];
      const query = { ...NEWEST, first: 5 };
      const found = await asking(cki).related(
        'checkoutsOfRevision',
        [commitOf(0), commitOf(240)],
        query,
        makeCall(warnings),
      );
      expect(ids(found.get(commitOf(0)))).toEqual([id0]);
      expect(found.get(commitOf(240))).toMatchObject({ items: [], hasMore: true, pending: true });
      expect(warnings.map(({ code }) => code)).toEqual(['SOURCE_TRUNCATED']);
      server.fault = null;
      await filled(cki);
      const later = await asking(cki).related('checkoutsOfRevision', [commitOf(240)], query, makeCall());
      expect(ids(later.get(commitOf(240)))).toHaveLength(1);
    }));

  it('knows what is there; what it does not know is asked for by id, once', () =>
    withFolder(async (folder) => {
      const cki = await start(folder);
      await filled(cki);
      const before = server.requests.length;
      const known = [id0, 'redhat:301001', '301002'];
      expect([...(await asking(cki).get('checkout', known, makeCall())).keys()].sort()).toEqual(known.toSorted());
      expect(server.requests.length).toBe(before);
      for (const keys of [['redhat:7'], ['redhat:7', id0]]) {
        expect((await asking(cki).get('checkout', keys, makeCall())).has('redhat:7')).toBe(false);
      }
      expect(server.requests.length).toBe(before + 1);
    }));

  it('is filled by the smallest pages too', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { pageSize: 2 });
      await filled(cki);
      expect(asked('offset=4')).toBe(1);
      expect((await asking(cki).list('checkout', { ...NEWEST, first: 50 }, makeCall())).items).toHaveLength(12);
    }));

  it('shows new checkouts in front, and forgets those that are gone', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { refresh: 60, resweep: 1_000 });
      await filled(cki);
      const [first] = server.data.checkouts;
      if (first === undefined) throw new Error('There are no checkouts.');
      server.data.checkouts.unshift({ ...first, id: 'redhat:2100200000', git_commit_hash: 'a'.repeat(40) });
      server.data.checkouts.splice(5, 1);
      const all = async () => ids(await asking(cki).list('checkout', { ...NEWEST, first: 50 }, makeCall()));
      await expect.poll(all, { timeout: 8_000 }).toEqual(server.data.checkouts.map(({ id }) => id));
    }));

  it('holds so many as it may', () =>
    withFolder(async (folder) => {
      await open({ maxLimit: 10 }, 80);
      const cki = await start(folder, { maxCheckouts: 30 });
      await filled(cki);
      const page = await asking(cki).list('checkout', { ...NEWEST, first: 50 }, makeCall());
      expect(page.hasMore).toBe(false);
      expect(page.items.length).toBeGreaterThanOrEqual(20);
      expect(page.items.length).toBeLessThanOrEqual(30);
    }));
});

describe('what was learnt', () => {
  it('answers at once after a restart, without a request', () =>
    withFolder(async (folder) => {
      const cki = await start(folder);
      await filled(cki);
      const builds = await asking(cki).related('buildsOfCheckout', [id0], { ...NEWEST, first: 3 }, makeCall());
      await source?.stop();
      // Whatever is asked now is never answered.
      server.fault = () => true;
      const again = await start(folder);
      const began = performance.now();
      const query = { ...NEWEST, first: 3 };
      expect(ids((await asking(again).related('buildsOfCheckout', [id0], query, makeCall())).get(id0))).toEqual(
        ids(builds.get(id0)),
      );
      expect(
        ids((await asking(again).related('checkoutsOfRevision', [commitOf(0)], query, makeCall())).get(commitOf(0))),
      ).toEqual([id0]);
      expect((await asking(again).list('checkout', query, makeCall())).items).toHaveLength(3);
      expect((await asking(again).get('checkout', [id0], makeCall())).size).toBe(1);
      expect(performance.now() - began).toBeLessThan(500);
    }));

  it('is all there is offline, however old', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { freshness: 0 });
      await filled(cki);
      const query = { ...NEWEST, first: 3 };
      const builds = await asking(cki).related('buildsOfCheckout', [id0], query, makeCall());
      const [build = ''] = ids(builds.get(id0));
      await asking(cki).related('testsOfBuild', [build], query, makeCall());
      await asking(cki).list('issue', query, makeCall());
      await source?.stop();
      const before = server.requests.length;
      const off = await start(folder, { freshness: 0 }, { offline: true });
      expect(await off.health(makeCall())).toMatchObject({ ok: true });
      expect(ids((await asking(off).related('buildsOfCheckout', [id0], query, makeCall())).get(id0))).toHaveLength(3);
      expect(ids((await asking(off).related('testsOfBuild', [build], query, makeCall())).get(build))).toHaveLength(3);
      expect((await asking(off).get('build', [build], makeCall())).size).toBe(1);
      expect((await asking(off).list('checkout', { ...NEWEST, first: 50 }, makeCall())).items).toHaveLength(12);
      expect((await asking(off).list('issue', query, makeCall())).items).toHaveLength(3);
      await expect(asking(off).get('test', ['redhat:unseen'], makeCall())).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
      });
      expect(server.requests.length).toBe(before);
    }));

  it('stands in while the source fails, and says so', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { freshness: 0 });
      await filled(cki);
      const query = { ...NEWEST, first: 3 };
      await asking(cki).related('buildsOfCheckout', [id0], query, makeCall());
      await asking(cki).get('build', [`${id0}-x86_64-kernel`], makeCall());
      server.fault = (_, response) => {
        response.writeHead(503, { 'retry-after': '5' }).end();
        return true;
      };
      const warnings: SourceError[] = [];
      expect((await asking(cki).get('build', [`${id0}-x86_64-kernel`], makeCall(warnings))).size).toBe(1);
      expect(
        ids((await asking(cki).related('buildsOfCheckout', [id0], query, makeCall(warnings))).get(id0)),
      ).toHaveLength(3);
      expect(warnings.map(({ code }) => code)).toEqual(['SOURCE_STALE', 'SOURCE_STALE']);
    }));
});

describe('a checkout that is read as a whole', () => {
  it('needs one request for builds, tests and incidents', () =>
    withFolder(async (folder) => {
      const cki = await start(folder, { all: true });
      await filled(cki);
      const before = server.requests.length;
      const query = { ...NEWEST, first: 50 };
      const builds = ids((await asking(cki).related('buildsOfCheckout', [id0], query, makeCall())).get(id0));
      const tests = await asking(cki).related('testsOfBuild', builds, query, makeCall());
      const testIds = builds.flatMap((build) => ids(tests.get(build)));
      const incidents = await asking(cki).related('incidentsOfTest', testIds, query, makeCall());
      expect(testIds).toHaveLength(15);
      expect([...incidents.values()].flatMap((page) => ids(page)).length).toBeGreaterThan(0);
      expect(server.requests.length - before).toBe(1);
    }));

  it('is read bit by bit where that is not answered', () =>
    withFolder(async (folder) => {
      server.fault = (request, response) => {
        if (!String(request.url).endsWith('/all')) return false;
        response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
        return true;
      };
      const cki = await start(folder, { all: true });
      await filled(cki);
      for (const id of [id0, id1]) {
        const page = (await asking(cki).related('buildsOfCheckout', [id], { ...NEWEST, first: 5 }, makeCall())).get(id);
        expect(ids(page)).toHaveLength(id === id0 ? 3 : 0);
      }
      expect(asked('/all')).toBe(1);
    }));
});
