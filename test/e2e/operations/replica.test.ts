import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Cluster,
  initCluster,
  startCluster,
  stopPostmaster,
} from '../../../adapters/embedded-postgres/cluster.ts';
import { runAs, serverUser, withAccess } from '../../../adapters/embedded-postgres/user.ts';
import { documentOf, landmarks } from '../../../bench/documents.ts';
import { execute, installations } from '../../support/postgres.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const PASSWORD = 'a-password-of-this-test';
const binaries = installations()
  .map((installation) => installation.binaries ?? '')
  .find((folder) => existsSync(join(folder, 'pg_basebackup')));
if (binaries === undefined) console.log('Not tested: a replica, since there is no PostgreSQL with its pg_basebackup.');

describe.skipIf(binaries === undefined)('a gateway over a primary and its streaming replica', () => {
  let folder: string;
  const clusters: { readonly cluster: Cluster; readonly pid: number; readonly url: string }[] = [];
  let gateway: ServedGateway;

  async function start(data: string, user: Cluster['user']): Promise<void> {
    const cluster = { data, binaries: binaries ?? '', user };
    const settings = { fsync: 'off', shared_buffers: '32MB', max_wal_senders: '4' };
    const { pid, port } = await startCluster(cluster, `${data}.log`, settings);
    clusters.push({ cluster, pid, url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres` });
  }
  const urlOf = (index: number) => clusters[index]?.url ?? '';

  beforeAll(async () => {
    folder = await temporaryFolder();
    const user = await withAccess(await serverUser(), folder, binaries ?? '');
    const primary = { data: join(folder, 'primary'), binaries: binaries ?? '', user };
    await initCluster(primary, PASSWORD);
    await start(primary.data, user);
    const replica = join(folder, 'replica');
    await mkdir(replica, { mode: 0o700 });
    if (user !== null) await chown(replica, user.uid, user.gid);
    const args = ['-d', urlOf(0), '-D', replica, '-R', '-X', 'stream', '-c', 'fast'];
    const copy = runAs(user, join(binaries ?? '', 'pg_basebackup'), args);
    await promisify(execFile)(copy.command, [...copy.args], { ...copy.options, cwd: '/' });
    await appendFile(join(replica, 'postgresql.auto.conf'), "hot_standby_feedback = 'on'\n");
    await start(replica, user);
    gateway = await ServedGateway.start(
      `sources: { native: { adapter: postgres, url: "${urlOf(0)}", readUrl: "${urlOf(1)}", connectTimeout: 500, breaker: { failures: 3, openFor: 300 } } }\n` +
        'submit: { into: native, openSubmit: true }\n',
    );
  });
  afterAll(async () => {
    await gateway?.stop();
    for (const { pid, cluster } of clusters.toReversed()) await stopPostmaster(pid, cluster.data);
    await removeFolder(folder);
  });

  const COUNT = `{ revision(gitCommitHash: "${landmarks(1).commit}") { statusCounts { total } } }`;
  const WHOLE = { revision: { statusCounts: { total: 975 } } };

  it('reads from the replica what was stored in the primary, which alone is written to', async () => {
    expect((await execute(urlOf(1), 'SELECT pg_is_in_recovery() AS is')).rows).toEqual([{ is: true }]);
    expect((await gateway.submit(JSON.stringify(documentOf(0)))).status).toBe(200);
    await expect.poll(async () => (await gateway.ask(COUNT)).data, { timeout: 10_000 }).toEqual(WHOLE);
  });

  it('shows at once what was acknowledged where the primary waits for the replica', async () => {
    await execute(urlOf(0), "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await execute(urlOf(0), 'ALTER ROLE postgres SET synchronous_commit = remote_apply');
    await execute(urlOf(0), 'SELECT pg_reload_conf()');
    await execute(
      urlOf(0),
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kcigraph'",
    );
    for (const number of [1, 2, 3]) {
      await expect.poll(async () => (await gateway.submit(JSON.stringify(documentOf(number)))).status).toBe(200);
      const { data } = await gateway.ask('{ checkouts(first: 1) { totalCount } }');
      expect(data).toEqual({ checkouts: { totalCount: number + 1 } });
    }
  });

  it('goes on reading while the primary is down', async () => {
    const [primary] = clusters.splice(0, 1);
    await stopPostmaster(primary?.pid ?? 0, primary?.cluster.data ?? '');
    expect((await gateway.ask(COUNT)).data).toEqual(WHOLE);
    expect((await gateway.submit(JSON.stringify(documentOf(4)))).status).toBe(503);
  });
});
