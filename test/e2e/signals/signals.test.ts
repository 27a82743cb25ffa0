import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandEnv, LAUNCHER } from '../../support/command.ts';
import { FaultyServer, slowBy } from '../../support/faulty-server.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { documentOf, idsOf } from '../faults/two-halves.ts';

const TESTS = '{ tests(first: 50) { nodes { id } } }';
const SLOW_MS = 2_500;
const server = new FaultyServer(documentOf(0));

beforeAll(() => server.listen());
afterAll(() => server.close());

const config = () => `sources: { file: { adapter: file, url: "${server.url}", freshness: 0 } }\n`;

/** A gateway with a request under way that takes its time. */
async function busy(fault = slowBy(SLOW_MS)) {
  server.fault = null;
  const gateway = await ServedGateway.start(config());
  await gateway.ask(TESTS);
  const requests = server.requests;
  server.fault = fault;
  const answer = gateway.ask(TESTS);
  answer.catch(() => undefined);
  await expect.poll(() => server.requests).toBe(requests + 1);
  return { gateway, answer, exited: once(gateway.process, 'exit') };
}

describe('SIGTERM', () => {
  it('lets what is under way end, takes nothing new, and does not heed SIGHUP any more', async () => {
    const { gateway, answer, exited } = await busy();
    const asked = performance.now();
    gateway.process.kill('SIGTERM');
    await expect.poll(() => gateway.log.some(({ msg }) => msg.startsWith('Stopping'))).toBe(true);
    gateway.process.kill('SIGHUP');
    const newcomer = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await expect(once(newcomer, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await answer).data).toEqual({ tests: { nodes: idsOf(0).map((id) => ({ id })) } });
    expect((await exited)[0]).toBe(0);
    // Neither the keep-alive of idle connections nor the longest drain was waited for.
    expect(performance.now() - asked).toBeLessThan(SLOW_MS + 3_000);
    await gateway.stop();
  });

  it('ends at once when it comes a second time', async () => {
    const { gateway, answer, exited } = await busy(slowBy(60_000));
    gateway.process.kill('SIGTERM');
    // What comes within half a second is the echo of a terminal.
    await delay(700);
    const asked = performance.now();
    gateway.process.kill('SIGTERM');
    await expect(answer).rejects.toThrow();
    expect((await exited)[0]).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000);
    await gateway.stop();
  });
});

describe('a terminal that is closed', () => {
  it.skipIf(!existsSync('/usr/bin/script'))('ends the gateway, which has nobody left to tell', async () => {
    server.fault = null;
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'kcigraph.yaml'), config());
    const command = `echo $$ > pid; exec "${process.execPath}" "${LAUNCHER}" serve --port 0`;
    // In its own session, with a terminal that goes with it.
    const terminal: ChildProcess = spawn('/usr/bin/script', ['-qfc', command, join(folder, 'typed')], {
      cwd: folder,
      env: commandEnv(),
      stdio: 'ignore',
      detached: true,
    });
    const typed = () => (existsSync(join(folder, 'typed')) ? readFileSync(join(folder, 'typed'), 'utf8') : '');
    await expect.poll(typed, { timeout: 20_000 }).toContain('listens on');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    process.kill(pid, 'SIGHUP');
    await expect.poll(typed, { timeout: 10_000 }).toContain('The configuration was read again');
    terminal.kill('SIGKILL');
    const isAlive = () => existsSync(`/proc/${pid}`);
    expect(isAlive()).toBe(true);
    await expect.poll(isAlive, { timeout: 10_000 }).toBe(false);
    await removeFolder(folder);
  });
});
