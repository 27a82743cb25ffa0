import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Receipt } from '../../../adapters/contract/adapter.ts';
import type { Authority } from '../../../gateway/ingest/submission.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { usePostgres } from '../../support/postgres.ts';
import { bodyOf, documentOfTests, NEVER } from './documents.ts';
import { openDoor, rowsOf, type TestDoor } from './open-door.ts';
import { expectNothingLost, waitingIn } from './spool-kills.ts';

const ACME: Authority = { origins: ['acme'] };
const DOWN = 'postgres://nobody@127.0.0.1:1/none';

const postgres = usePostgres();
let folder: string;

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'submissions');
  return async () => rm(join(folder, '..'), { recursive: true, force: true });
});

async function settled(test: TestDoor, id: string): Promise<Receipt> {
  for (let tries = 0; tries < 400; tries++) {
    const receipt = await test.door.receipt(id, ACME);
    if (receipt === null) throw new Error('The receipt is lost.');
    if (receipt.state !== 'inprogress') return receipt;
    await delay(25);
  }
  throw new Error('The document was not processed.');
}

const waiting = () => waitingIn(folder);

describe('a document that is loaded later', () => {
  it.each([3, 2000])('is stored a moment after the answer: %i tests', async (count) => {
    const url = await postgres.migrated();
    const test = await openDoor(url, folder);
    const fill = { comment: 'x'.repeat(200) };
    const { id } = await test.door.submitLater(bodyOf(documentOfTests(count, 'acme', fill)), ACME, NEVER);
    expect(await settled(test, id)).toMatchObject({ id, state: 'processed', origins: ['acme'], errors: [] });
    expect(await test.rows('SELECT count(*)::int AS n FROM tests')).toEqual([{ n: count }]);
    await expect.poll(waiting).toEqual([]);
    await test.close();
  });

  it('and is refused then says why in its receipt', async () => {
    const test = await openDoor(await postgres.migrated(), folder);
    const bad = await test.door.submitLater(bodyOf(Buffer.from('{"version"')), ACME, NEVER);
    const foreign = await test.door.submitLater(bodyOf(documentOfTests(1, 'other')), ACME, NEVER);
    expect(await settled(test, bad.id)).toMatchObject({
      state: 'failed',
      errors: [{ path: '/version', rule: 'json' }],
    });
    expect(await settled(test, foreign.id)).toMatchObject({
      state: 'failed',
      errors: [{ path: '/tests/0/origin', rule: 'origin' }],
    });
    await expect.poll(waiting).toEqual([]);
    await test.close();
  });

  it('goes in the order in which documents came', async () => {
    const test = await openDoor(await postgres.migrated(), folder);
    const ids: string[] = [];
    for (let round = 0; round < 10; round++) {
      const document = documentOfTests(1, 'acme', { comment: `round ${round}` });
      ids.push((await test.door.submitLater(bodyOf(document), ACME, NEVER)).id);
    }
    for (const id of ids) await settled(test, id);
    expect(await test.rows('SELECT comment FROM tests')).toEqual([{ comment: 'round 0' }]);
    await test.close();
  });

  it('leaves nothing where the client goes before its end', async () => {
    const test = await openDoor(await postgres.migrated(), folder);
    async function* broken() {
      yield Buffer.from('{"version":');
      throw new Error('The client has gone.');
    }
    await expect(test.door.submitLater(broken(), ACME, NEVER)).rejects.toThrow('The client has gone.');
    expect((await readdir(folder, { recursive: true })).filter((name) => /document|partial/.test(name))).toEqual([]);
    await test.close();
  });
});

it('waits while the store is down, shows its receipt meanwhile, and is loaded by the next run', async () => {
  const down = await openDoor(DOWN, folder);
  const { id } = await down.door.submitLater(bodyOf(documentOfTests(5)), ACME, NEVER);
  await delay(700);
  expect(await down.door.receipt(id, ACME)).toMatchObject({ id, state: 'inprogress', origins: ['acme'] });
  expect(await down.door.receipt(id, { origins: ['other'] })).toBeNull();
  await down.close();
  expect(await waiting()).toHaveLength(1);
  const up = await openDoor(await postgres.migrated(), folder);
  expect(await settled(up, id)).toMatchObject({ state: 'processed' });
  expect(await up.rows('SELECT count(*)::int AS n FROM tests')).toEqual([{ n: 5 }]);
  await up.close();
});

describe('the disk that the spool takes', () => {
  const BYTES = 512 * 2 ** 20;
  const large = (origin: string) => documentOfTests(100, origin, { comment: 'x'.repeat(1000) });
  const size = JSON.stringify(large('acme')).length;
  const other: Authority = { origins: ['other'] };

  it('is bounded for each origin and in all, counted without compression, and free again once documents are stored', async () => {
    const limits = { spoolBytes: 4 * size - 20_000, spoolBytesPerOrigin: 2 * size };
    const down = await openDoor(DOWN, folder, BYTES, limits);
    const send = (authority: Authority) =>
      down.door.submitLater(bodyOf(large(authority.origins?.[0] ?? '')), authority, NEVER);
    const first = await send(ACME);
    await send(ACME);
    const refusal = { code: 'SOURCE_UNAVAILABLE', retryAfterMs: expect.any(Number) };
    const ofOrigin = `Documents of "acme" that wait to be stored take up all of the ${2 * size} bytes`;
    await expect(send(ACME)).rejects.toMatchObject({ ...refusal, message: expect.stringContaining(ofOrigin) });
    await send(other);
    const inAll = `take up all of the ${4 * size - 20_000} bytes`;
    await expect(send({ origins: null })).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining(inAll),
    });
    await expect(down.door.submitBytes(bodyOf(large('acme')), ACME, NEVER)).rejects.toMatchObject(refusal);
    expect(await waiting()).toHaveLength(3);
    await down.close();
    // What waits from before counts too.
    const again = await openDoor(DOWN, folder, BYTES, limits);
    await expect(again.door.submitLater(bodyOf(large('acme')), ACME, NEVER)).rejects.toMatchObject(refusal);
    await again.close();
    const up = await openDoor(await postgres.migrated(), folder, BYTES, limits);
    await settled(up, first.id);
    await expect.poll(waiting).toEqual([]);
    for (let round = 0; round < 3; round++) await up.door.submitBytes(bodyOf(large('acme')), ACME, NEVER);
    await up.close();
  });

  it('counts a document of one byte as more, since a file is more than its bytes', async () => {
    const down = await openDoor(DOWN, folder, BYTES, { spoolBytes: 2 ** 20, spoolBytesPerOrigin: 160 * 2 ** 10 });
    const send = () => down.door.submitLater(bodyOf(Buffer.from('1')), ACME, NEVER);
    for (let round = 0; round < 10; round++) await send();
    await expect(send()).rejects.toThrow('take up all');
    await down.close();
  });

  it('holds nothing that was not received whole', async () => {
    const down = await openDoor(DOWN, folder, BYTES, { spoolBytes: 2 * size, spoolBytesPerOrigin: 2 * size });
    async function* broken() {
      yield Buffer.from(JSON.stringify(large('acme')));
      throw new Error('The client has gone.');
    }
    for (let round = 0; round < 5; round++) {
      await expect(down.door.submitLater(broken(), ACME, NEVER)).rejects.toThrow('The client has gone.');
    }
    await down.door.submitLater(bodyOf(large('acme')), ACME, NEVER);
    await down.close();
  });

  it('is left alone where kcigraph did not write', async () => {
    const dead = await openDoor(DOWN, folder);
    await dead.door.submitLater(bodyOf(documentOfTests(1)), ACME, NEVER);
    const [file = ''] = await waiting();
    await dead.close();
    const own = join(folder, dirname(file));
    const foreign = [
      join(folder, 'backup', 'notes.txt'),
      join(folder, 'b1946ac9-2d5e-4c0b-8f7e-0a1b2c3d4e5f', 'mine.partial'),
      join(own, 'notes.txt'),
      join(own, 'folder.document', 'notes.txt'),
    ];
    for (const path of foreign) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'keep');
    }
    const partial = join(own, `${'0'.repeat(15)}-${'0'.repeat(9)}-${'0'.repeat(32)}.partial`);
    await writeFile(partial, 'half');
    const up = await openDoor(await postgres.migrated(), folder);
    await expect.poll(async () => up.rows('SELECT count(*)::int AS n FROM tests')).toEqual([{ n: 1 }]);
    await up.close();
    for (const path of foreign) expect(await readFile(path, 'utf8')).toBe('keep');
    expect(existsSync(partial)).toBe(false);
  });

  it('leaves no handle open where a file cannot be read, which would end the process', async () => {
    const unreadable = await temporaryFolder();
    const module = new URL('../../../gateway/ingest/queue-folder.ts', import.meta.url);
    const script = `
      import { setTimeout as delay } from 'node:timers/promises';
      const { readHeader } = await import(${JSON.stringify(module.href)});
      for (let round = 0; round < 20; round++) await readHeader(${JSON.stringify(unreadable)});
      for (let round = 0; round < 5; round++) { gc(); await delay(1); }
      console.log('alive');`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      '--input-type=module',
      '-e',
      script,
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: 'alive\n', stderr: '' });
    await rm(unreadable, { recursive: true });
  });
});

it('is tried again until the store is there', async () => {
  const missing = new URL(await postgres.empty());
  const name = missing.pathname.slice(1);
  missing.pathname = '/postgres';
  await rowsOf(missing.href, `ALTER DATABASE ${name} RENAME TO ${name}_away`);
  const test = await openDoor(missing.href.replace(/\/postgres$/, `/${name}`), folder);
  const { id } = await test.door.submitLater(bodyOf(documentOfTests(5)), ACME, NEVER);
  await delay(1000);
  expect(await test.door.receipt(id, ACME)).toMatchObject({ state: 'inprogress' });
  await rowsOf(missing.href, `ALTER DATABASE ${name}_away RENAME TO ${name}`);
  expect(await settled(test, id)).toMatchObject({ state: 'processed' });
  await test.close();
});

it('a file in the spool that is no document is put aside, and the others go on', async () => {
  const down = await openDoor(DOWN, folder);
  const { id } = await down.door.submitLater(bodyOf(documentOfTests(1)), ACME, NEVER);
  await down.close();
  const [file = ''] = await waiting();
  await writeFile(join(folder, dirname(file), '000-damaged.document'), 'no header');
  const up = await openDoor(await postgres.migrated(), folder);
  expect(await settled(up, id)).toMatchObject({ state: 'processed' });
  await expect.poll(waiting).toEqual([join('failed', '000-damaged.document')]);
  await up.close();
});

it('a spool that two gateways share gives each document to one of them', async () => {
  const url = await postgres.migrated();
  const one = await openDoor(url, folder);
  const two = await openDoor(url, folder);
  const first = await one.door.submitLater(bodyOf(documentOfTests(2)), ACME, NEVER);
  const second = await two.door.submitLater(bodyOf(documentOfTests(2, 'acme')), ACME, NEVER);
  expect(await settled(one, first.id)).toMatchObject({ state: 'processed' });
  expect(await settled(two, second.id)).toMatchObject({ state: 'processed' });
  await one.close();
  await two.close();
});

it('what was answered survives kill -9 at any moment, and is stored once', { timeout: 120_000 }, async () => {
  expect.hasAssertions();
  await expectNothingLost(await postgres.migrated(), folder, 2);
});
