import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Call } from '../../../adapters/contract/adapter.ts';
import { openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { adapter } from '../../../adapters/template/adapter.ts';
import { asking } from '../../support/asked-adapter.ts';
import { HEAVY_DOCUMENTS } from '../../support/heavy-documents.ts';
import { watchLongestTurn } from '../../support/longest-turn.ts';
import { test } from '../../support/model-objects.ts';
import { SILENT } from '../../support/open-store.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { DocumentServer } from './document-server.ts';
import { documentOf } from './known-files.ts';

/** Milliseconds of CPU of the gateway's thread in one go. */
const MOST = 50;

const aCall = (...fields: string[]): Call => ({
  signal: AbortSignal.timeout(60_000),
  deadline: Date.now() + 60_000,
  fields: new Set(['id', ...fields]),
  log: SILENT,
  warn: () => undefined,
});

async function open(given: object) {
  const subject = await openSubject(adapter, given);
  onTestFinished(() => subject.close());
  return subject.adapter;
}

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await temporaryFolder();
  onTestFinished(() => removeFolder(path));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

async function served(body: string | Buffer): Promise<DocumentServer> {
  const server = new DocumentServer();
  server.body = body;
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

async function totalOf(of: Awaited<ReturnType<typeof open>>): Promise<number> {
  const { items } = await asking(of).list('test', { where: null, order: 'OLDEST', first: 500, after: null }, aCall());
  const counts = (await asking(of).count?.({ entity: 'test', where: null }, aCall()))?.get('');
  return counts !== undefined && 'total' in counts ? counts.total : items.length;
}

describe('a document', { timeout: 60_000 }, () => {
  it.each(HEAVY_DOCUMENTS)(
    'of %s holds the event loop for 50 ms at most while it is read',
    async (_, objects, make) => {
      const path = await folderOf({ '1.json': make('') });
      const longestTurn = watchLongestTurn();
      const of = await open({ path, rescan: 600_000 });
      expect(await totalOf(of)).toBe(objects);
      expect(longestTurn()).toBeLessThan(MOST);
    },
  );

  it('is read again beside one that was read before, and their reports merge, as quickly', async () => {
    const [, , make] = HEAVY_DOCUMENTS[0] ?? [];
    const path = await folderOf({ '1.json': make?.('') ?? '', '2.json': make?.('') ?? '' });
    const longestTurn = watchLongestTurn();
    const of = await open({ path, rescan: 600_000 });
    const found = (await asking(of).get('test', ['acme:one'], aCall('misc'))).get('acme:one');
    expect(longestTurn()).toBeLessThan(MOST);
    expect(found !== undefined && 'object' in found && Object.keys(found.object.misc ?? {})).toHaveLength(8_000);
  });

  it('keeps its log excerpts, and gives them where they are asked for, the first that a report has', async () => {
    const excerpt = (of: string) => `${of} `.repeat(2_000);
    const path = await folderOf({
      '1.json': documentOf([test({ id: 'a:1', buildId: 'a:b' }), test({ id: 'a:2', logExcerpt: 'short' })]),
      '2.json': documentOf([
        test({ id: 'a:1', logExcerpt: excerpt('ж') }),
        test({ id: 'a:2', logExcerpt: excerpt('2') }),
      ]),
      '3.json': documentOf([test({ id: 'a:1', logExcerpt: excerpt('3') })]),
    });
    const of = await open({ path });
    const excerptsOf = async (...fields: string[]) => {
      const found = await asking(of).get('test', ['a:1', 'a:2'], aCall(...fields));
      const { items } = await asking(of).list(
        'test',
        { where: null, order: 'OLDEST', first: 5, after: null },
        aCall(...fields),
      );
      expect(items.map(({ object }) => object.logExcerpt)).toEqual(
        [...found.values()].map((one) => 'object' in one && one.object.logExcerpt),
      );
      return items.map(({ object }) => object.logExcerpt);
    };
    expect(await excerptsOf()).toEqual([null, null]);
    expect(await excerptsOf('logExcerpt')).toEqual([excerpt('ж'), 'short']);
  });

  it('that takes more memory than allowed makes the source fail, with a sentence that names the bound', async () => {
    const of = await open({
      path: await folderOf({ '1.json': HEAVY_DOCUMENTS[1]?.[2]('') ?? '' }),
      maxBytes: 1_000_000,
    });
    await expect(totalOf(of)).rejects.toThrow('more than 1000000 bytes of objects, which is all that the source takes');
  });
});

describe('a document behind a URL', { timeout: 60_000 }, () => {
  const text = documentOf(
    Array.from({ length: 20_000 }, (_, n) => test({ id: `a:${n}`, buildId: 'a:b', comment: 'x'.repeat(200) })),
  );

  it('is unpacked and read as it comes, beyond what one page may have', async () => {
    const server = await served(gzipSync(text));
    server.encoding = 'gzip';
    const longestTurn = watchLongestTurn();
    expect(await totalOf(await open({ url: server.url }))).toBe(20_000);
    expect(longestTurn()).toBeLessThan(MOST);
  });

  it.each([
    ['larger than allowed', gzipSync(text), 'gzip', 'larger than 1000000 bytes'],
    ['damaged', gzipSync(text).subarray(0, 100), 'gzip', 'compressed answer of the source is damaged'],
    ['in an encoding of its own', Buffer.from('{}'), 'zip', 'an encoding that nobody asked for'],
  ])('that is %s when it is unpacked makes the source fail', async (_, body, encoding, message) => {
    const server = await served(body);
    server.encoding = encoding;
    const of = await open({ url: server.url, documentBytes: 1_000_000 });
    await expect(totalOf(of)).rejects.toMatchObject({
      code: 'SOURCE_BAD_DATA',
      message: expect.stringContaining(message),
    });
  });

  it('is read to its end for the next, whoever leaves while it comes', async () => {
    const server = await served(text);
    const of = await open({ url: server.url });
    const leaving = new AbortController();
    const left = asking(of).count?.({ entity: 'test', where: null }, { ...aCall(), signal: leaving.signal });
    await expect.poll(() => server.answered.length, { interval: 1 }).toBe(1);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(await totalOf(of)).toBe(20_000);
  });
});
