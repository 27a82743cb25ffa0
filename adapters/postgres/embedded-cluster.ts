import { randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Logger } from '../adapter.ts';
import { type Cluster, initCluster } from './cluster.ts';
import { DatabaseFault } from './database-fault.ts';
import { embeddedBinaries } from './embedded-binaries.ts';
import { checkVersion, withAccess } from './embedded-folder.ts';
import { serverUser } from './server-user.ts';

/** The cluster `folder/postgres`, made where there is none; its password lies in the folder `own`. */
export async function openCluster(folder: string, own: string, log: Logger): Promise<Cluster> {
  const binaries = embeddedBinaries();
  const data = join(folder, 'postgres');
  await checkVersion(data);
  const user = await withAccess(await serverUser(), folder, binaries);
  const cluster = { data, binaries, user };
  if ((await readdir(data).catch(() => [])).length > 0) return cluster;
  // Made beside and then renamed, so that a kill meanwhile leaves no half cluster behind.
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
 * Makes sure that no server works on this cluster before one is started. PostgreSQL itself only asks whether the process in
 * `postmaster.pid` lives: it takes a stranger with that number for a server, and does not see another container's.
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
