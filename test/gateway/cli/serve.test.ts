import { chmod, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LAUNCHER, type RunningCommand, runCommand, startCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';

const running: RunningCommand[] = [];

/** A source that is down serves as well as any where only the process is looked at, and starts at once. */
const DOWN = 'sources: { native: { adapter: postgres, url: "postgres://user:hunter2@127.0.0.1:1/x" } }\n';

async function serve(folder: string, env: NodeJS.ProcessEnv = {}): Promise<RunningCommand> {
  const started = await startCommand(process.execPath, [LAUNCHER, 'serve', '--port', '0'], folder, env);
  running.push(started);
  return started;
}

afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
});

describe('kcigraph serve', () => {
  it('says where it listens, what it asks and who may submit', async () => {
    const folder = await configFolder();
    await chmod(folder, 0o755);
    const { output, url } = await serve(folder);
    expect(output()).toContain(`listens on ${url}`);
    expect(output()).toMatch(/^Configuration: none, so the built-in one, with the data in .*\/data\.\n/);
    expect(output()).toContain('Sources: native (postgres).');
    expect(output()).toContain('Submissions: open, without a token, to this machine only.');
    expect((await fetch(`${url}/ready`)).status).toBe(200);

    // The one process of a folder is named to the next.
    const second = await runCommand(['serve', '--port', '0'], folder);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^The folder .* is in use by the gateway with process id \d+: .*\n$/m);
  }, 60_000);

  it('goes on while a source is down, and shows no credentials', async () => {
    const { url, output } = await serve(await configFolder({ 'kcigraph.yaml': DOWN }));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(output()).toContain('Submissions: off.');
    expect(output()).not.toContain('hunter2');
  });

  it('ends with exit code 0 after SIGINT', async () => {
    const started = await serve(await configFolder({ 'kcigraph.yaml': DOWN }));
    started.process.kill('SIGINT');
    expect(await started.stop()).toBe(0);
  });

  it('finishes what is under way first, and ends at once at a second signal', async () => {
    const started = await serve(await configFolder({ 'kcigraph.yaml': DOWN }));
    const { hostname, port } = new URL(started.url);
    const half = connect(Number(port), hostname);
    half.on('error', () => {});
    half.write('POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{');
    await sleep(200);
    started.process.kill('SIGTERM');
    await sleep(1000);
    expect(started.process.exitCode).toBeNull();
    const asked = performance.now();
    started.process.kill('SIGTERM');
    await started.stop();
    expect(performance.now() - asked).toBeLessThan(5000);
    half.destroy();
  });

  it('tells in a sentence that its port is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    try {
      const address = blocker.address();
      const port = typeof address === 'object' && address !== null ? String(address.port) : '';
      const folder = await configFolder({ 'kcigraph.yaml': DOWN });
      const { code, stderr } = await runCommand(['serve', '--port', port], folder);
      expect(code).toBe(1);
      expect(stderr).toContain(port);
      expect(stderr).not.toMatch(/^\s+at /m);
    } finally {
      blocker.close();
    }
  });

  it('tells in a sentence that its data folder cannot be written', async () => {
    const folder = await configFolder({ 'kcigraph.yaml': `dataDir: ./taken/data\n${DOWN}` });
    await writeFile(join(folder, 'taken'), '');
    const { code, stderr } = await runCommand(['serve', '--port', '0'], folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The data folder .*taken\/data is not a folder: .*\n$/);
  });
});
