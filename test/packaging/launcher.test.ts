import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandEnv, LAUNCHER, startCommand } from '../support/command.ts';
import { configFolder } from '../support/config-folder.ts';

const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));
const DOWN = 'sources: { native: { adapter: postgres, url: "postgres://127.0.0.1:1/x" } }\n';

/** A Node on the PATH that is too old to run the sources. */
const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((file) => {
    try {
      const version = execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return Number(/^v(\d+)/.exec(version)?.[1]) < 26;
    } catch {
      return false;
    }
  });
if (oldNode === undefined)
  console.log('Left out, since no Node older than 26 is on the PATH: the launcher under an old Node.');

describe.skipIf(oldNode === undefined)('the launcher under a Node that is too old', () => {
  const node = oldNode ?? '';

  it('runs the Node that the checkout brings', async () => {
    const { stdout } = await end(node, [join(BIN, 'runtime.js'), '-e', 'console.log(process.versions.node)']);
    expect(Number(stdout.split('.')[0])).toBeGreaterThanOrEqual(26);
  });

  it('passes the exit code on, and a signal as 128 and its number', async () => {
    expect((await end(node, [join(BIN, 'runtime.js'), '-e', 'process.exit(7)'])).code).toBe(7);
    const killed = await end(node, [join(BIN, 'runtime.js'), '-e', 'process.kill(process.pid, "SIGKILL")']);
    expect(killed.code).toBe(137);
    expect((await end(node, [LAUNCHER, 'serv'])).code).toBe(2);
  });

  it('passes signals on, so that what is under way is finished', async () => {
    const gateway = await startCommand(
      node,
      [LAUNCHER, 'serve', '--port', '0'],
      await configFolder({ 'kcigraph.yaml': DOWN }),
    );
    expect(await gateway.stop()).toBe(0);
  });

  it('does not leave the gateway behind when it is killed itself', async () => {
    const folder = await configFolder({ 'kcigraph.yaml': DOWN });
    const gateway = await startCommand(node, [LAUNCHER, 'serve', '--port', '0'], folder);
    gateway.process.kill('SIGKILL');
    for (let wait = 0; wait < 100 && (await answers(gateway.url)); wait += 1) await sleep(100);
    expect(await answers(gateway.url)).toBe(false);
  });

  it('says in one sentence that no newer Node is there', async () => {
    const folder = await configFolder();
    await mkdir(join(folder, 'bin'));
    for (const file of ['kcigraph.js', 'run-node.js', 'find-node.js'])
      await copyFile(join(BIN, file), join(folder, 'bin', file));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await chmod(join(folder, 'bin/kcigraph.js'), 0o755);
    const { code, stderr } = await end(node, [join(folder, 'bin/kcigraph.js'), 'serve']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kcigraph needs Node 26 or newer, this is v\d+\..*\n$/);
  });
});

describe('npm start', () => {
  it('passes SIGTERM on, and leaves nothing behind', async () => {
    const folder = await configFolder({ 'down.yaml': DOWN });
    const env = { KCIGRAPH_CONFIG: join(folder, 'down.yaml'), PORT: '0' };
    const started = await startCommand('npm', ['start'], join(BIN, '..'), env);
    expect(await started.stop()).toBe(0);
    expect(await answers(started.url)).toBe(false);
  });
});

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/health`).then(
    () => true,
    () => false,
  );
}

async function end(file: string, args: readonly string[]) {
  const child = spawn(file, args, { env: commandEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
