import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from '../contract/adapter.ts';
import { checkVersion, DatabaseFault, embeddedBinaries } from './folder.ts';
import { runAs, type ServerUser, serverUser, withAccess } from './user.ts';

/** The folders of a cluster, and the user that runs it. */
export interface Cluster {
  /** PostgreSQL's data folder. */
  readonly data: string;
  /** The folder of `initdb` and `postgres`. */
  readonly binaries: string;
  readonly user: ServerUser | null;
}

const run = promisify(execFile);
const STARTS = 5;
/** Milliseconds that the last processes of a killed server may take to end. */
const DEATH = 30_000;

/** The main process of a server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Opens the cluster `folder/postgres`, or makes it. Its password is in the folder `own`. */
export async function openCluster(folder: string, own: string, log: Logger): Promise<Cluster> {
  const binaries = embeddedBinaries();
  const data = join(folder, 'postgres');
  await checkVersion(data);
  const user = await withAccess(await serverUser(), folder, binaries);
  const cluster = { data, binaries, user };
  if ((await readdir(data).catch(() => [])).length > 0) return cluster;
  // Made in another folder and then renamed, so that a kill leaves no incomplete cluster behind.
  const fresh = `${data}.new`;
  await rm(fresh, { recursive: true, force: true });
  const password = randomBytes(24).toString('hex');
  await writeFile(join(own, 'password'), `${password}\n`, { mode: 0o600 });
  await initCluster({ ...cluster, data: fresh }, password);
  await rename(fresh, data);
  log.info({}, 'An embedded PostgreSQL was made.');
  return cluster;
}

/**
 * Makes sure that no server uses this cluster before one is started. PostgreSQL only checks whether the process in
 * `postmaster.pid` lives: it takes any process with that number for a server, and does not see another container's.
 */
export async function claimCluster(cluster: Cluster, own: string, isAlone: boolean): Promise<void> {
  const place = `${hostname()} ${await readlink('/proc/self/ns/pid').catch(() => '')}`;
  const placeFile = join(own, 'place');
  const other = await readFile(placeFile, 'utf8').catch(() => place);
  if (!isAlone && other !== place) {
    throw new DatabaseFault(
      `The folder ${dirname(cluster.data)} is in use in another container, or by another host (${other.split(' ')[0]}): stop that first, or submit to its address.`,
      'The embedded PostgreSQL belongs to another process.',
    );
  }
  await rm(join(cluster.data, 'postmaster.pid'), { force: true });
  await writeFile(placeFile, place);
}

export async function clusterUrl(own: string, port: number): Promise<string> {
  const password = (await readFile(join(own, 'password'), 'utf8')).trim();
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

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
    // Another process may take the free port before the server does.
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
    // A separate session, so that Ctrl-C in a terminal lets the gateway drain before its database ends.
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

/** Waits as long as the process lives, since recovery after a crash may take any time. */
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

/** The server in `postmaster.pid`, or null if the file is missing or incomplete, or the process has ended. */
export async function runningPostmaster(data: string): Promise<(Postmaster & { readonly ready: boolean }) | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isPostgres(pid, data))) return null;
  return { pid, port, ready: lines[7]?.trim() === 'ready' };
}

/** Stops the server with SIGINT: it ends its sessions and writes everything to disk. */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  if (!(await isPostgres(pid, data))) return;
  process.kill(pid, 'SIGINT');
  while (await isPostgres(pid, data)) await sleep(20);
}

/** Whether a process is the server of this folder: the system reuses process ids. */
export async function isPostgres(pid: number, data: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    // If we may not signal it, it is not our server.
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
