import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Postmaster, runningPostmaster } from './postmaster.ts';
import { runAs } from './run-as.ts';
import type { ServerUser } from './server-user.ts';

/** Where a cluster lies and what runs it. */
export interface Cluster {
  /** PostgreSQL's data folder. */
  readonly data: string;
  /** The folder of `initdb` and `postgres`. */
  readonly binaries: string;
  readonly user: ServerUser | null;
}

const run = promisify(execFile);
const STARTS = 5;
/** Milliseconds for the last processes of a killed server to notice that it is gone. */
const DEATH = 30_000;

/** Makes a new cluster whose superuser `postgres` has this password. Its folder must be empty, or not there. */
export async function initCluster(cluster: Cluster, password: string): Promise<void> {
  await mkdir(cluster.data, { recursive: true, mode: 0o700 });
  const passwordFile = `${cluster.data}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (cluster.user !== null) {
      await chown(cluster.data, cluster.user.uid, cluster.user.gid);
      await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    }
    const args = ['-D', cluster.data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
    const initdb = join(cluster.binaries, 'initdb');
    const launch = runAs(cluster.user, initdb, [...args, '-E', 'UTF8', '--locale=C', '--data-checksums']);
    await run(launch.command, [...launch.args], {
      ...launch.options,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' },
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Starts the server on a free port of 127.0.0.1, and waits until it takes connections. */
export async function startCluster(
  cluster: Cluster,
  logFile: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Postmaster> {
  const giveUp = Date.now() + DEATH;
  for (let start = 1; ; start += 1) {
    const port = await freePort();
    const child = await spawnPostmaster(cluster, port, logFile, settings);
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const started = await waitUntilReady(cluster.data, child, exited);
    if (started) return { pid: child.pid ?? 0, port };
    const said = await lastLines(logFile);
    // Between asking for a free port and taking it somebody else may have taken it.
    if (start < STARTS && said.includes('could not bind')) continue;
    if (Date.now() > giveUp || !said.includes('pre-existing shared memory block')) {
      throw new Error(`PostgreSQL did not start: ${said}`);
    }
    await sleep(100);
  }
}

async function spawnPostmaster(
  cluster: Cluster,
  port: number,
  logFile: string,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(logFile, 'a', 0o600);
  try {
    // In a session of its own, so that Ctrl-C in a terminal lets the gateway drain before its database goes.
    const server = join(cluster.binaries, 'postgres');
    const launch = runAs(cluster.user, server, ['-D', cluster.data, '-p', String(port), ...flags]);
    const child = spawn(launch.command, [...launch.args], {
      ...launch.options,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  } finally {
    await log.close();
  }
}

/** However long it takes to recover after a crash: as long as the process lives. */
async function waitUntilReady(data: string, child: ChildProcess, exited: Promise<void>): Promise<boolean> {
  let alive = true;
  const gone = exited.then(() => {
    alive = false;
  });
  while (alive) {
    const found = await runningPostmaster(data);
    if (found?.pid === child.pid && found?.ready === true) return true;
    await Promise.race([gone, sleep(10)]);
  }
  return false;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-5).join(' ');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}
