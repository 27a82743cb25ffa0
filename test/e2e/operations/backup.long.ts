import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf } from '../../../bench/documents.ts';
import { execute, installations, usePostgres } from '../../support/postgres.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples/operations/', import.meta.url));
/** One whose own pg_dump lies beside it. */
const server = installations().find(({ binaries }) => binaries !== undefined && existsSync(join(binaries, 'pg_dump')));
if (server === undefined)
  console.log('Not tested: backup.sh and restore.sh, since there is no PostgreSQL with its pg_dump.');

const ALL = `{ checkouts(first: 100, orderBy: OLDEST) { totalCount nodes { id gitCommitHash timestamp builds { totalCount } } }
  builds(first: 20) { nodes { id status architecture tests(first: 40) { nodes { id path status startTime misc } } } } }`;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => removeFolder(folder));

const script = (name: string, args: readonly string[], path = '') =>
  promisify(execFile)('sh', [join(EXAMPLES, name), ...args], {
    env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
  });
const open = 'submit: { into: native, openSubmit: true }\n';

async function fill(gateway: ServedGateway, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    expect((await gateway.submit(JSON.stringify(documentOf(number)))).status).toBe(200);
  }
}

describe.skipIf(server === undefined)('a store on a server', () => {
  const postgres = usePostgres(server);

  it('is copied while it serves, and is the same when it is restored', async () => {
    const config = (url: string) => `sources: { native: { adapter: postgres, url: "${url}" } }\n${open}`;
    const [url, other] = [await postgres.migrated(), await postgres.empty()];
    const gateway = await ServedGateway.start(config(url));
    await fill(gateway, 0, 3);
    const before = await gateway.ask(ALL);
    const file = join(folder, 'store.dump');
    await Promise.all([script('backup.sh', [url, file], server?.binaries), fill(gateway, 0, 2)]);
    await fill(gateway, 3, 4);
    expect(before.errors).toEqual([]);
    expect((await gateway.ask(ALL)).data).not.toEqual(before.data);
    await gateway.stop();
    await script('restore.sh', [file, other], server?.binaries);
    const restored = await ServedGateway.start(config(other));
    expect((await restored.ask(ALL)).data).toEqual(before.data);
    await fill(restored, 3, 4);
    await restored.stop();
    // What is there already is not written over.
    await expect(script('restore.sh', [file, url], server?.binaries)).rejects.toThrow();
  }, 120_000);
});

describe.skipIf(server === undefined)('a store that is restored for a role without privileges', () => {
  const postgres = usePostgres(server);
  const ROLE = 'kcigraph';
  const PASSWORD = 'a password of the tests';
  const psql = (url: string, ...args: readonly string[]) =>
    promisify(execFile)('psql', ['--no-psqlrc', ...args, url], {
      env: { ...process.env, PATH: `${server?.binaries}:${process.env.PATH}` },
    });
  /** Another database, as seen by the role of the gateway or by the superuser of a URL. */
  const urlOf = (superuser: string, database: string, role: string | null) => {
    const url = new URL(superuser);
    url.pathname = `/${database}`;
    if (role !== null) [url.username, url.password] = [role, encodeURIComponent(PASSWORD)];
    return url.href;
  };
  let superuser: string;
  let file: string;
  let before: unknown;
  const config = (url: string) => `sources: { native: { adapter: postgres, url: "${url}" } }\n${open}`;
  beforeAll(async () => {
    superuser = await postgres.migrated();
    const gateway = await ServedGateway.start(config(superuser));
    await fill(gateway, 0, 2);
    before = (await gateway.ask(ALL)).data;
    await gateway.stop();
    file = join(folder, 'granted.dump');
    await execute(superuser, 'CREATE ROLE reader; GRANT SELECT ON tests TO reader');
    await script('backup.sh', [superuser, file], server?.binaries);
    await execute(superuser, 'DROP OWNED BY reader; DROP ROLE reader');
  }, 120_000);

  const create = (database: string) =>
    psql(
      superuser,
      '-v',
      `password=${PASSWORD}`,
      '-v',
      `database=${database}`,
      '-f',
      join(EXAMPLES, 'create-database.sql'),
    );

  it.each([
    ['by the role itself', 'by_role', async () => create('by_role'), ROLE, []],
    ['by a superuser, into a database of the role', 'by_superuser', async () => create('by_superuser'), null, []],
    [
      'by a superuser, into a database of its own that passes to the role',
      'passed',
      async () => execute(superuser, 'CREATE DATABASE passed'),
      null,
      [ROLE],
    ],
  ])(
    '%s is served and loaded into by that role',
    async (_, database, make, role, more) => {
      await make();
      await script('restore.sh', [file, urlOf(superuser, database, role), ...more], server?.binaries);
      const url = urlOf(superuser, database, ROLE);
      const { rows } = await execute(
        url,
        "SELECT rolsuper, current_setting('jit') AS jit FROM pg_roles WHERE rolname = current_user",
      );
      expect(rows).toEqual([{ rolsuper: false, jit: 'off' }]);
      const restored = await ServedGateway.start(config(url));
      expect((await restored.ask(ALL)).data).toEqual(before);
      await fill(restored, 2, 3);
      await restored.stop();
    },
    120_000,
  );
});

describe('an embedded store', () => {
  it('is copied while the gateway is stopped, refuses to be while it runs, and is the same when it is restored', async () => {
    const gateway = await ServedGateway.start(open, { folder });
    await fill(gateway, 0, 2);
    const before = await gateway.ask(ALL);
    const [data, file] = [join(folder, 'data'), join(folder, 'data.tar.gz')];
    await expect(script('backup-embedded.sh', [data, file])).rejects.toThrow(/stop the gateway first/);
    expect(await gateway.stop()).toBe(0);
    await script('backup-embedded.sh', [data, file]);
    await expect(script('restore-embedded.sh', [file, data])).rejects.toThrow(/is there already/);
    await removeFolder(data);
    await script('restore-embedded.sh', [file, data]);
    const restored = await ServedGateway.start(open, { folder });
    expect((await restored.ask(ALL)).data).toEqual(before.data);
    await fill(restored, 2, 3);
    expect(await restored.stop()).toBe(0);
  }, 120_000);
});
