import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openDoor, rowsOf, type TestDoor } from './open-door.ts';

const CHILD = fileURLToPath(new URL('./spooling-process.ts', import.meta.url));
/** Documents that each process answers before it is killed. */
const ANSWERS = 6;
/** Tests in each document; its origin is its own. */
const TESTS = 300;

/** Kills processes that spool and load documents, one after the other, and then looks for all that was answered. */
export async function expectNothingLost(url: string, folder: string, kills: number): Promise<void> {
  const answered: string[] = [];
  for (let kill = 0; kill < kills; kill++) answered.push(...(await runAndKill(url, folder, kill)));
  const test = await openDoor(url, folder);
  for (const line of answered) {
    const [id = '', origin = ''] = line.split(' ');
    await expectProcessed(test, id);
    const stored = await rowsOf(url, `SELECT count(*)::int AS n FROM tests WHERE origin = '${origin}'`);
    expect(stored, origin).toEqual([{ n: TESTS }]);
  }
  const halves = await rowsOf(url, `SELECT origin FROM tests GROUP BY origin HAVING count(*) <> ${TESTS}`);
  expect(halves).toEqual([]);
  // The file goes a moment after the commit, and a document may lie there whose answer nobody read.
  await expect.poll(() => waitingIn(folder), { timeout: 30_000 }).toEqual([]);
  await test.close();
}

/** The documents that lie in the spool, in any gateway's folder. */
export async function waitingIn(spool: string): Promise<string[]> {
  return (await readdir(spool, { recursive: true })).filter((name) => name.endsWith('.document'));
}

async function runAndKill(url: string, folder: string, kill: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, url, folder, `kill_${kill}`, String(TESTS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    // Each at another moment of what goes on in it.
    if (lines.length === ANSWERS) setTimeout(() => child.kill('SIGKILL'), (kill * 7) % 60);
  }
  await exited;
  return lines;
}

async function expectProcessed(test: TestDoor, id: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const receipt = await test.door.receipt(id, { origins: null });
    expect(receipt, `the receipt of ${id}`).not.toBeNull();
    if (receipt?.state === 'processed') return;
    expect(receipt?.state).toBe('inprogress');
    await delay(25);
  }
  throw new Error(`${id} was not processed.`);
}
