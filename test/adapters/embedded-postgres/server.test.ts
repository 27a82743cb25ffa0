import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runningPostmaster } from '../../../adapters/embedded-postgres/cluster.ts';
import { serverUser, withAccess } from '../../../adapters/embedded-postgres/user.ts';
import { killServer } from '../../support/kill-server.ts';
import { test } from '../../support/model-objects.ts';
import { documentOf, SHARED_OBJECTS, STORED_DOCUMENTS } from '../../support/numbered-document.ts';
import { openStore } from '../../support/open-store.ts';
import { startStoreProcess } from '../../support/store-process.ts';

/** Somebody who is not root: whom root lends PostgreSQL, or whoever runs this. Null where they may not enter the checkout. */
const stranger = await (async () => {
  const user = await serverUser();
  if (user === null) return {};
  const access = await withAccess(user, process.execPath, import.meta.dirname).catch(() => null);
  return access === null || access.searchRight !== null ? null : { uid: user.uid, gid: user.gid };
})();
if (stranger === null)
  console.log('Left out, since only root may enter this checkout: the embedded server of another user.');

describe('the embedded server', { timeout: 120_000 }, () => {
  let parent = '';
  let folder = '';
  let url = '';
  // A cluster takes a second to make: one is made, and the others are its copies.
  let template = '';
  beforeAll(async () => {
    template = await mkdtemp(join(tmpdir(), 'kcigraph-embedded-'));
    await chmod(template, 0o755);
    const opened = openStore(`embedded:${join(template, 'data')}`);
    await opened.pools.start();
    await opened.stop();
  });
  afterAll(() => rm(template, { recursive: true, force: true }));
  const copyCluster = () => promisify(execFile)('cp', ['-a', join(template, 'data'), folder]);
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'kcigraph-embedded-'));
    await chmod(parent, 0o755);
    folder = join(parent, 'data');
    url = `embedded:${folder}`;
  });
  afterEach(async () => {
    // Whatever a test left running goes with its folder.
    const left = await runningPostmaster(join(folder, 'postgres'));
    if (left !== null) await killServer(join(folder, 'postgres'));
    await rm(parent, { recursive: true, force: true, maxRetries: 10 });
  });

  it('keeps its data over a restart, and does not run while nobody uses it', async () => {
    const first = openStore(url);
    await first.pools.start();
    await first.load(test({ id: 'maestro:1' }));
    expect(await runningPostmaster(join(folder, 'postgres'))).not.toBeNull();
    await first.stop();
    expect(await runningPostmaster(join(folder, 'postgres'))).toBeNull();
    const second = openStore(url);
    await second.pools.start();
    expect(await second.rows('SELECT id FROM tests')).toEqual([{ id: 'maestro:1' }]);
    await second.stop();
  });

  it('refuses a second gateway in a sentence that names the process of the first', async () => {
    await copyCluster();
    const first = startStoreProcess(url, 0, 1);
    await first.reached(1);
    const second = openStore(url);
    await expect(second.pools.start()).rejects.toThrow(
      `The folder ${folder} is in use by the gateway with process id ${first.pid}: stop it first, or name another folder.`,
    );
    await second.stop();
    const before = first.acknowledged.length;
    await first.reached(before + 2);
    expect(first.faults).toEqual([]);
    first.kill('SIGTERM');
    await first.exited;
    expect(await runningPostmaster(join(folder, 'postgres'))).toBeNull();
  });

  it('serves a command beside the gateway, and stops with whoever uses it last', async () => {
    await copyCluster();
    const gateway = startStoreProcess(url, 0, 1);
    await gateway.reached(1);
    const beside = openStore(url, { attach: true });
    await beside.pools.start();
    await beside.load(test({ id: 'maestro:beside' }));
    gateway.kill('SIGTERM');
    await gateway.exited;
    expect(await beside.rows(`SELECT id FROM tests WHERE id = 'maestro:beside'`)).toEqual([{ id: 'maestro:beside' }]);
    await beside.stop();
    expect(await runningPostmaster(join(folder, 'postgres'))).toBeNull();
  });

  it('starts for a command where no gateway runs', async () => {
    const alone = openStore(url, { attach: true });
    await alone.load(test({ id: 'maestro:1' }));
    await alone.stop();
    expect(await runningPostmaster(join(folder, 'postgres'))).toBeNull();
  });

  it('is taken over as it runs where its gateway was killed', async () => {
    await copyCluster();
    const killed = startStoreProcess(url, 0, 1);
    await killed.reached(2);
    killed.kill('SIGKILL');
    await killed.exited;
    const orphan = await runningPostmaster(join(folder, 'postgres'));
    expect(orphan).not.toBeNull();
    const next = openStore(url);
    await next.pools.start();
    expect((await runningPostmaster(join(folder, 'postgres')))?.pid).toBe(orphan?.pid);
    const stored = await next.rows<{ number: number; whole: boolean }>(STORED_DOCUMENTS);
    expect(stored.filter(({ whole }) => !whole)).toEqual([]);
    expect(stored.map(({ number }) => number)).toEqual(expect.arrayContaining([...killed.acknowledged]));
    await next.stop();
    expect(await runningPostmaster(join(folder, 'postgres'))).toBeNull();
  });

  it('comes back under a running gateway when it is killed itself', async () => {
    await copyCluster();
    const opened = openStore(url);
    await opened.pools.start();
    await opened.load(...documentOf(1));
    await killServer(join(folder, 'postgres'));
    // What meets the dead server fails in a whole sentence; soon it succeeds again.
    const failures: unknown[] = [];
    const reloaded = async () => {
      await opened.load(...documentOf(2));
      return opened.rows(STORED_DOCUMENTS);
    };
    for (;;) {
      const stored = await reloaded().catch((error: unknown) => {
        failures.push(error);
        return sleep(50);
      });
      if (stored === undefined) continue;
      expect(stored).toEqual([
        { number: 1, whole: true },
        { number: 2, whole: true },
      ]);
      break;
    }
    for (const failure of failures)
      expect(failure).toMatchObject({ message: expect.stringMatching(/^The database .*[.)]$/) });
    expect(await opened.rows(SHARED_OBJECTS)).toMatchObject([{ reports: 2, newest: true }]);
    await opened.stop();
  });

  it('begins anew where the making of its cluster was cut short', async () => {
    await mkdir(join(folder, 'postgres.new', 'base'), { recursive: true });
    const opened = openStore(url);
    await opened.pools.start();
    await opened.load(test({ id: 'maestro:1' }));
    await opened.stop();
  });

  it('goes on behind a pid file whose process is another one now', async () => {
    await copyCluster();
    const first = openStore(url);
    await first.pools.start();
    await first.stop();
    await writeFile(join(folder, 'postgres', 'postmaster.pid'), `${process.pid}\n${folder}\n1\n5432\n\n\n\nready\n`);
    const second = openStore(url);
    await second.pools.start();
    expect(await second.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('is not started a second time where another container uses its folder', async () => {
    await copyCluster();
    const gateway = openStore(url);
    await gateway.pools.start();
    const server = await runningPostmaster(join(folder, 'postgres'));
    // As another container sees it: the gateway's lock, and a process id that is nobody here.
    await writeFile(join(folder, 'postgres-server', 'place'), 'elsewhere pid:[1]');
    const pidFile = join(folder, 'postgres', 'postmaster.pid');
    const lines = await readFile(pidFile, 'utf8');
    await writeFile(pidFile, lines.replace(/^\d+/, '4194305'));
    const beside = openStore(url, { attach: true });
    await expect(beside.store.migrate()).rejects.toThrow(`The folder ${folder} is in use in another container`);
    await beside.stop();
    await writeFile(pidFile, lines);
    expect((await runningPostmaster(join(folder, 'postgres')))?.pid).toBe(server?.pid);
    await gateway.stop();
  });

  it('says which version a foreign data folder is of', async () => {
    await mkdir(join(folder, 'postgres'), { recursive: true });
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '12\n');
    const opened = openStore(url);
    await expect(opened.pools.start()).rejects.toThrow(
      `The folder ${join(folder, 'postgres')} holds the data of PostgreSQL 12, and the embedded server is 18`,
    );
    await opened.stop();
  });

  it('says that a file stands where its folder should be', async () => {
    await writeFile(folder, 'x');
    const opened = openStore(url);
    await expect(opened.pools.start()).rejects.toThrow(`${folder} is not a folder.`);
    await opened.stop();
  });

  it.skipIf(stranger === null)('says that its folder cannot be written', async () => {
    await mkdir(folder);
    await chmod(folder, 0o555);
    const process = startStoreProcess(url, 0, 1, false, stranger ?? {});
    await process.exited;
    expect(process.faults).toEqual([`The folder ${folder} cannot be written: choose another, or allow it.`]);
    await chmod(folder, 0o755);
  });

  it.skipIf(stranger === null)('works for a user who is not root', async () => {
    await mkdir(folder);
    if (stranger?.uid !== undefined) await chown(folder, stranger.uid, stranger.gid ?? -1);
    const process = startStoreProcess(url, 0, 1, false, stranger ?? {});
    await process.reached(2);
    expect(process.faults).toEqual([]);
    process.kill('SIGTERM');
    await process.exited;
    expect(await runningPostmaster(join(folder, 'postgres'))).toBeNull();
  });

  it('keeps its password to itself', async () => {
    await copyCluster();
    const opened = openStore(url);
    await opened.pools.start();
    const own = join(folder, 'postgres-server');
    const { mode } = await stat(join(own, 'password'));
    expect(mode & 0o777).toBe(0o600);
    const password = (await readFile(join(own, 'password'), 'utf8')).trim();
    expect(password).toHaveLength(48);
    await opened.stop();
  });
});
