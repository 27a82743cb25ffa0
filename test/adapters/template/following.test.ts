import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Call } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import type { Build } from '../../../adapters/contract/model.ts';
import { type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { adapter } from '../../../adapters/template/adapter.ts';
import { asking } from '../../support/asked-adapter.ts';
import { watchLongestTurn } from '../../support/longest-turn.ts';
import { build, test } from '../../support/model-objects.ts';
import { SILENT } from '../../support/open-store.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { DocumentServer } from './document-server.ts';
import { documentOf } from './known-files.ts';

let warnings: SourceError[] = [];
afterEach(() => {
  warnings = [];
});

function aCall(signal = AbortSignal.timeout(20_000)): Call {
  return {
    signal,
    deadline: Date.now() + 20_000,
    fields: new Set(['id', 'misc']),
    log: SILENT,
    warn: (error) => warnings.push(error),
  };
}

async function open(given: object): Promise<OpenSubject> {
  const subject = await openSubject(adapter, given);
  onTestFinished(() => subject.close());
  return subject;
}

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await temporaryFolder();
  onTestFinished(() => removeFolder(path));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

const builds = (...ids: string[]) => documentOf(ids.map((id) => build({ id, checkoutId: 'a:c' })));
const listed = async ({ adapter: of }: OpenSubject, call = aCall()) => {
  const { items } = await asking(of).list('build', { where: null, order: 'NEWEST', first: 100, after: null }, call);
  return items.map(({ object }) => object.id);
};
async function becomes(subject: OpenSubject, ids: readonly string[]): Promise<void> {
  await expect.poll(() => listed(subject).catch(String), { timeout: 8000, interval: 50 }).toEqual(ids);
}

describe('several reports of one object', () => {
  it('merge in the order of the files, those of the origin that the id names first, and empty texts say nothing', async () => {
    const report = (given: Partial<Build>) => documentOf([build({ id: 'a:1', checkoutId: 'a:c', ...given })]);
    const path = await folder({
      '1.json': report({ origin: 'other', comment: 'theirs', configName: 'theirs', command: 'theirs' }),
      '2.json': report({ comment: '', outputFiles: [], misc: { lab: '' } }),
      '3.json': report({ comment: 'mine', configName: 'mine', outputFiles: [{ name: 'a', url: 'https://a/' }] }),
      '4.json': report({ comment: 'late', misc: { lab: 'x' } }),
    });
    const { adapter: of } = await open({ path });
    const fields = new Set(['comment', 'configName', 'command', 'outputFiles', 'misc']);
    const found = (await asking(of).get('build', ['a:1'], { ...aCall(), fields })).get('a:1');
    expect(found).toMatchObject({
      object: {
        origin: 'a',
        comment: 'mine',
        configName: 'mine',
        command: 'theirs',
        outputFiles: [{ name: 'a' }],
        misc: { lab: 'x' },
      },
    });
  });
});

describe('files that change', () => {
  it('are followed as they are written, replaced and removed, long before the next look', async () => {
    const path = await folder({ 'a.json': builds('a:1') });
    const subject = await open({ path, rescan: 600_000 });
    expect(await listed(subject)).toEqual(['a:1']);
    await writeFile(join(path, 'b.ndjson'), `${builds('a:2')}\n\n${builds('a:3')}\n`);
    await becomes(subject, ['a:1', 'a:2', 'a:3']);
    await writeFile(join(path, 'a.new'), builds('a:4'));
    await rename(join(path, 'a.new'), join(path, 'a.json'));
    await becomes(subject, ['a:2', 'a:3', 'a:4']);
    await appendFile(join(path, 'b.ndjson'), `${builds('a:5')}\n`);
    await becomes(subject, ['a:2', 'a:3', 'a:4', 'a:5']);
    await rm(join(path, 'b.ndjson'));
    await becomes(subject, ['a:4']);
    expect(warnings).toEqual([]);
  });

  it('are followed where a path is one file', async () => {
    const path = await folder({ 'a.json': builds('a:1') });
    const subject = await open({ path: join(path, 'a.json'), rescan: 600_000 });
    expect(await listed(subject)).toEqual(['a:1']);
    await writeFile(join(path, 'a.json'), builds('a:2'));
    await becomes(subject, ['a:2']);
  });

  it('serve what they held while they are half written, and then what they hold', async () => {
    const path = await folder({ 'a.json': builds('a:1'), 'b.json': builds('a:2') });
    const subject = await open({ path, rescan: 600_000 });
    expect(await listed(subject)).toEqual(['a:1', 'a:2']);
    const text = builds('a:1', 'a:3');
    await writeFile(join(path, 'a.json'), text.slice(0, 40));
    const until = Date.now() + 1000;
    while (Date.now() < until) expect(await listed(subject)).toEqual(['a:1', 'a:2']);
    await writeFile(join(path, 'a.json'), text);
    await becomes(subject, ['a:1', 'a:2', 'a:3']);
    expect(warnings).toEqual([]);
  });

  it('are named where they stay bad, and the others serve on', async () => {
    const path = await folder({ 'a.json': builds('a:1'), 'b.json': builds('a:2') });
    const subject = await open({ path, rescan: 600_000 });
    expect(await listed(subject)).toEqual(['a:1', 'a:2']);
    await writeFile(join(path, 'b.json'), '<html>');
    await becomes(subject, ['a:1']);
    expect(warnings.at(-1)).toMatchObject({ code: 'SOURCE_BAD_DATA' });
    expect(warnings.at(-1)?.message).toContain('"b.json" something could not be understood: The document is not JSON');
    expect(await subject.adapter.health(aCall())).toMatchObject({ ok: true, detail: warnings.at(-1)?.message });
    await writeFile(join(path, 'b.json'), builds('a:2'));
    await becomes(subject, ['a:1', 'a:2']);
  });

  it('take memory for one object at a time, also where they hold little but empty ones', async () => {
    const empty = '{},'.repeat(100_000);
    const dense = `{"version":{"major":5,"minor":3},"builds":[${empty}{}],"tests":[{"id":"a:t","misc":[${'[],'.repeat(2_000_000)}0]}]}`;
    const path = await folder({ 'a.json': builds('a:1'), 'b.json': dense });
    const subject = await open({ path, rescan: 600_000 });
    expect(await listed(subject)).toEqual(['a:1']);
    expect(warnings.at(-1)?.message).toMatch(/"b\.json" .*\/builds\/0.*\(and 100001 more faults\)/);
  });

  it('make the source fail where nothing of any of them can be understood', async () => {
    const path = await folder({ 'a.json': '{}', 'b.json': 'null' });
    const subject = await open({ path, rescan: 600_000 });
    await expect(listed(subject)).rejects.toMatchObject({ code: 'SOURCE_BAD_DATA' });
    expect(await subject.adapter.health(aCall())).toMatchObject({ ok: false });
    await writeFile(join(path, 'b.json'), builds('a:1'));
    await becomes(subject, ['a:1']);
  });

  it('make the source fail while their folder is away, and no longer', async () => {
    const path = await folder({});
    const subject = await open({ path: join(path, 'later'), rescan: 100 });
    await expect(listed(subject)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(await subject.adapter.health(aCall())).toMatchObject({ ok: false });
    await mkdir(join(path, 'later'));
    await writeFile(join(path, 'later/a.json'), builds('a:1'));
    await becomes(subject, ['a:1']);
  });
});

describe('documents', () => {
  it('leave out an object that is not valid, and name it', async () => {
    const bad = JSON.parse(builds('a:1', 'a:2'));
    bad.builds[1].duration = 'long';
    const subject = await open({ path: await folder({ 'a.json': JSON.stringify(bad) }) });
    expect(await listed(subject)).toEqual(['a:1']);
    expect(warnings).toMatchObject([{ code: 'SOURCE_BAD_DATA', id: 'a:2' }]);
    expect(warnings[0]?.message).toContain('/builds/1/duration');
  });

  it('are upgraded from older versions', async () => {
    const old = {
      version: { major: 4, minor: 0 },
      builds: [{ id: 'a:1', origin: 'a', checkout_id: 'a:c', valid: false }],
    };
    const subject = await open({ path: await folder({ 'a.json': JSON.stringify(old) }) });
    const { items } = await asking(subject.adapter).list(
      'build',
      { where: { status: { in: ['FAIL'] } }, order: 'NEWEST', first: 5, after: null },
      aCall(),
    );
    expect(items.map(({ object }) => object.id)).toEqual(['a:1']);
  });

  it('merge reports of one object: the first file that has a field, misc key by key', async () => {
    const report = (more: object) => documentOf([build({ id: 'a:1', checkoutId: 'a:c', ...more })]);
    const path = await folder({
      'b.json': report({ architecture: 'arm64', compiler: 'gcc', misc: { x: 2, y: 2 } }),
      'a.json': report({ architecture: 'riscv', misc: { x: 1 } }),
    });
    const found = await asking((await open({ path })).adapter).get('build', ['a:1'], aCall());
    expect(found.get('a:1')).toMatchObject({
      object: { architecture: 'riscv', compiler: 'gcc', misc: { x: 1, y: 2 } },
    });
  });

  it('are refused as a whole beyond the bound, with a sentence that names it', async () => {
    const path = await folder({ 'a.json': builds('a:1', 'a:2'), 'b.json': builds('a:3') });
    const subject = await open({ path, maxObjects: 2, rescan: 100 });
    await expect(listed(subject)).rejects.toThrow(
      'more than 2 objects, which is all that the source takes (maxObjects)',
    );
    await rm(join(path, 'b.json'));
    await becomes(subject, ['a:1', 'a:2']);
  });

  it('are read, sorted, filtered and counted without holding up the event loop', async () => {
    const many = (part: number) =>
      documentOf(
        Array.from({ length: 10_000 }, (_, n) =>
          test({
            id: `a:${part}-${n}`,
            buildId: `a:b${n % 50}`,
            path: `p.${n % 7}`,
            misc: { text: 'x'.repeat(300) },
            startTime: `2026-01-01T00:${String(n % 60).padStart(2, '0')}:00.000000Z`,
          }),
        ),
      );
    const path = await folder(Object.fromEntries([1, 2, 3, 4].map((part) => [`${part}.json`, many(part)])));
    const subject = await openSubject(adapter, { path, filters: 'all' });
    const longestTurn = watchLongestTurn();
    const where = { path: { under: 'p.3' } };
    const counts = await asking(subject.adapter).count?.({ entity: 'test', where }, aCall());
    const page = await asking(subject.adapter).list(
      'test',
      { where, order: 'OLDEST', first: 50, after: null },
      aCall(),
    );
    const longest = longestTurn();
    await subject.close();
    expect(counts?.get('')).toMatchObject({ total: 4 * 1428 + 4 });
    expect(page.items).toHaveLength(50);
    expect(longest).toBeLessThan(100);
  });
});

describe('a URL', () => {
  async function served(body: string): Promise<DocumentServer> {
    const server = new DocumentServer();
    server.body = body;
    await server.listen();
    onTestFinished(() => server.close());
    return server;
  }

  it('is asked again when what is at hand is too old, and sends nothing that has not changed', async () => {
    const server = await served(builds('a:1'));
    const subject = await open({ url: server.url, freshness: 1500, token: 'secret' });
    const three = await Promise.all([listed(subject), listed(subject), listed(subject)]);
    expect(three).toEqual([['a:1'], ['a:1'], ['a:1']]);
    expect(server.answered).toEqual([200]);
    await expect.poll(() => listed(subject).then(() => server.answered.length), { timeout: 8000 }).toBeGreaterThan(1);
    expect(server.answered[1]).toBe(304);
    server.body = builds('a:2');
    await becomes(subject, ['a:2']);
    expect(new Set(server.tokens)).toEqual(new Set(['Bearer secret']));
  });

  it('takes documents line by line', async () => {
    const server = await served(`${builds('a:1')}\n${builds('a:2')}\n`);
    server.contentType = 'application/x-ndjson; charset=utf-8';
    expect(await listed(await open({ url: server.url }))).toEqual(['a:1', 'a:2']);
  });

  it.each([
    ['an error', { status: 503 }, 'SOURCE_UNAVAILABLE'],
    ['a page', { contentType: 'text/html' }, 'SOURCE_BAD_DATA'],
    ['half a document', { body: builds('a:1').slice(0, 50) }, 'SOURCE_BAD_DATA'],
    ['a page that calls itself text', { contentType: 'text/plain', body: '<html>Log in</html>' }, 'SOURCE_BAD_DATA'],
    ['nothing', { body: '' }, 'SOURCE_BAD_DATA'],
    ['no lines', { body: '\n', contentType: 'application/x-ndjson' }, 'SOURCE_BAD_DATA'],
    ['an empty object', { body: '{}' }, 'SOURCE_BAD_DATA'],
    ['a list', { body: '[]' }, 'SOURCE_BAD_DATA'],
    ['null', { body: 'null' }, 'SOURCE_BAD_DATA'],
    ['a text', { body: '"x"' }, 'SOURCE_BAD_DATA'],
    ['objects of no list that it knows', { body: '{"version":{"major":5,"minor":3},"builds":{}}' }, 'SOURCE_BAD_DATA'],
    ['no content', { status: 204 }, 'SOURCE_UNAVAILABLE'],
    ['no content type', { contentType: '' }, 'SOURCE_BAD_DATA'],
    ['a way to a login page', { status: 302 }, 'SOURCE_UNAVAILABLE'],
  ])('that answers with %s fails with its code', async (_, change, code) => {
    const server = await served(builds('a:1'));
    Object.assign(server, change);
    await expect(listed(await open({ url: server.url }))).rejects.toMatchObject({ code });
  });

  it('that holds documents without objects is an empty source, and no failure', async () => {
    const server = await served('{"version":{"major":5,"minor":3}}');
    expect(await listed(await open({ url: server.url }))).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('goes on being fetched for the others when one of those who wait leaves', async () => {
    const server = await served(builds('a:1'));
    const subject = await open({ url: server.url });
    const leaving = new AbortController();
    const [left, stayed] = [listed(subject, aCall(leaving.signal)), listed(subject)];
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(await stayed).toEqual(['a:1']);
  });
});
