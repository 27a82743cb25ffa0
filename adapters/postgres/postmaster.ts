import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The process of a server that all others are children of. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** What `postmaster.pid` in the data folder says, or null where it is not there, half written, or its process is gone. */
export async function runningPostmaster(data: string): Promise<(Postmaster & { readonly ready: boolean }) | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isPostgres(pid, data))) return null;
  return { pid, port, ready: lines[7]?.trim() === 'ready' };
}

/** Stops the server as SIGINT asks: sessions are ended, everything is written down. */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  if (!(await isPostgres(pid, data))) return;
  process.kill(pid, 'SIGINT');
  while (await isPostgres(pid, data)) await sleep(20);
}

/** A process id is given anew some time: that a process lives is not yet that it is the server of this folder. */
export async function isPostgres(pid: number, data: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    // One that we may not signal is not ours.
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  if (status === null) return process.platform !== 'linux';
  const name = status.slice(status.indexOf('(') + 1, status.lastIndexOf(')'));
  if (name !== 'postgres' || status[status.lastIndexOf(')') + 2] === 'Z') return false;
  // Every process of a server works in its data folder.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return folder === null || folder === (await realpath(data).catch(() => data));
}
