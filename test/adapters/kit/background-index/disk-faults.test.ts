import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BackgroundIndex } from '../../../../adapters/kit/background-index.ts';
import { quietLog } from '../../../support/federated-gateway.ts';
import { aFolder, anIndex, entry, type TestRecord } from './lab.ts';

const WRITER = fileURLToPath(new URL('./writing-process.ts', import.meta.url));

describe('a process that is killed in the middle of a write', () => {
  it('loses nothing of what was kept, and leaves no half of a batch', async () => {
    const dataDir = await aFolder();
    let last = -1;
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [WRITER, dataDir, String(last + 1)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split('\n').length > 5) setTimeout(() => child.kill('SIGKILL'), Math.random() * 12);
      });
      await new Promise((resolve) => child.once('exit', resolve));
      last = Number(said.trimEnd().split('\n').at(-1));
      const lines: object[] = [];
      const options = { version: 1, maxEntries: 1_000_000, maxBytes: 1024 * 1024 * 1024 };
      const index = new BackgroundIndex<TestRecord>(options, { dataDir, source: 'lab', log: quietLog(lines) });
      index.open();
      const sizes = Array.from(
        { length: last + 3 },
        (_, n) => index.find('batch', [String(n)]).get(String(n))?.length ?? 0,
      );
      expect(sizes.slice(0, last + 1).every((size) => size === 40)).toBe(true);
      expect(sizes.slice(last + 1).every((size) => size === 40 || size === 0)).toBe(true);
      expect(index.reach().entries).toBe(sizes.reduce((sum, size) => sum + size, 0));
      expect(lines).toEqual([]);
      index.close();
    }
    expect(last).toBeGreaterThan(20);
  });
});

describe('a file', () => {
  const FOREIGN: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    [
      'that is no database',
      (file) => writeFile(file, 'This is no database, but long enough to look like one. '.repeat(90)),
    ],
    [
      'of another program',
      async (file) => {
        const database = new DatabaseSync(file);
        database.exec('CREATE TABLE others (id INTEGER)');
        database.close();
      },
    ],
  ];
  it.each(FOREIGN)('%s is set aside and begun anew, with a line that says so', async (_, make) => {
    const folder = await aFolder();
    const file = join(folder, 'index.sqlite');
    await make(file);
    const before = await readFile(file);
    const { index, lines } = anIndex(folder);
    expect(lines).toMatchObject([{ source: 'lab', message: expect.stringContaining('set aside') }]);
    expect(await readFile(`${file}.set-aside`)).toEqual(before);
    await index.put([entry('a')]);
    index.close();
    const again = anIndex(folder);
    expect(again.index.get(['a']).size).toBe(1);
    expect(again.lines).toEqual([]);
  });

  it('whose middle is damaged is set aside when that is found out, and goes on', async () => {
    const folder = await aFolder();
    const file = join(folder, 'index.sqlite');
    const { index } = anIndex(folder);
    await index.put(Array.from({ length: 500 }, (_, n) => entry(`k${n}`, { record: { text: 'x'.repeat(300) } })));
    index.close();
    const bytes = await readFile(file);
    bytes.fill(0x5a, 3 * 4096);
    await writeFile(file, bytes);
    const { index: again, lines } = anIndex(folder);
    for (let n = 0; n < 500; n++) again.get([`k${n}`]);
    await again.put([entry('new')]);
    expect(lines.some(({ message }) => message?.includes('set aside'))).toBe(true);
    expect(existsSync(`${file}.set-aside`)).toBe(true);
    expect(again.get(['new']).size).toBe(1);
    expect(again.reach()).toMatchObject({ entries: 1, fault: null });
  });

  it('that was cut short begins anew too', async () => {
    const folder = await aFolder();
    const file = join(folder, 'index.sqlite');
    const { index } = anIndex(folder);
    await index.put(Array.from({ length: 500 }, (_, n) => entry(`k${n}`)));
    index.close();
    await truncate(file, 5000);
    const { index: again } = anIndex(folder);
    await again.put([entry('new')]);
    expect(again.after(null, 1000).map(({ key }) => key)).toContain('new');
    expect(again.reach().fault).toBeNull();
  });

  it('of another version begins anew', async () => {
    const folder = await aFolder();
    const { index } = anIndex(folder);
    await index.put([entry('a')]);
    index.close();
    const { index: next, lines } = anIndex(folder, { version: 2 });
    expect(next.reach().entries).toBe(0);
    expect(lines).toMatchObject([{ message: expect.stringContaining('older form') }]);
    expect(existsSync(join(folder, 'index.sqlite.set-aside'))).toBe(false);
  });

  it('that cannot be made at all costs what lasts, and nothing else', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'not-a-folder'), '');
    const { index } = anIndex(join(folder, 'not-a-folder'));
    await index.put([entry('a')]);
    expect(index.get(['a']).size).toBe(1);
    expect(index.reach().fault).toContain('cannot be kept on disk');
  });

  it.skipIf(process.getuid?.() === 0)('in a folder that takes nothing costs what lasts', async () => {
    const folder = await aFolder();
    await mkdir(join(folder, 'locked'));
    await chmod(join(folder, 'locked'), 0o555);
    const { index } = anIndex(join(folder, 'locked'));
    await index.put([entry('a')]);
    expect(index.get(['a']).size).toBe(1);
  });
});

describe('a disk that is full', () => {
  it('goes on in memory, says so, and keeps all of it once there is room', async () => {
    const folder = await aFolder();
    const { index, lines } = anIndex(folder, { maxFileBytes: 600_000 });
    await index.put([entry('a'), entry('b')]);
    const full = takeAllRoom(join(folder, 'index.sqlite'));
    const large = { text: 'x'.repeat(20_000) };
    for (let n = 0; n < 20; n++) await index.put([entry(`big${n}`, { record: large, names: { n: [`${n}`] } })]);
    await index.put([entry('a', { record: large })], { owner: 'me' });
    expect(index.reach().fault).toContain('the disk takes nothing more');
    expect(lines.filter(({ message }) => message?.includes('takes nothing more'))).toHaveLength(1);
    const listed = () => index.after(null, 100).map(({ key }) => key);
    const all = ['a', 'b', ...Array.from({ length: 20 }, (_, n) => `big${n}`)];
    expect(listed()).toEqual(all);
    expect(index.get(['a']).get('a')?.record).toEqual(large);
    expect(index.find('n', ['19']).get('19')).toHaveLength(1);
    expect(index.startingWith('n', '1', 100)).toHaveLength(11);
    full.end();
    await index.put([entry('last')]);
    expect(index.reach().fault).toBeNull();
    index.close();
    const again = anIndex(folder);
    expect(again.index.after(null, 100).map(({ key }) => key)).toEqual([...all, 'last']);
    expect(again.index.get(['a']).get('a')?.record).toEqual(large);
  });
});

/** Takes up all the room that the file may have, as a stranger on the same disk would, until `end`. */
function takeAllRoom(file: string): { end(): void } {
  const stranger = new DatabaseSync(file);
  stranger.exec('CREATE TABLE stranger (room BLOB); INSERT INTO stranger VALUES (zeroblob(800000))');
  return {
    end: () => {
      stranger.exec('DELETE FROM stranger');
      stranger.close();
    },
  };
}
