import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createEmbeddedServer } from '../../../adapters/embedded-postgres/server.ts';
import { findSearchRight, runAs } from '../../../adapters/embedded-postgres/user.ts';

const isRoot = process.getuid?.() === 0;
const searchRight = isRoot ? await findSearchRight() : null;
if (searchRight === null) {
  console.log(
    'Left out, since this is not root on a Linux with setpriv: the embedded server in a folder that only root may enter.',
  );
}
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('starting a program as another user', () => {
  it('leaves the program alone where there is no other user', () => {
    expect(runAs(null, '/bin/true', ['-x'])).toEqual({ command: '/bin/true', args: ['-x'], options: {} });
  });

  it.skipIf(searchRight === null)('lets the embedded server work in a folder that only root may enter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kcigraph-closed-'));
    await chmod(folder, 0o700);
    const server = createEmbeddedServer(join(folder, 'data'), quiet);
    try {
      const client = new pg.Client(await server.url());
      await client.connect();
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await client.end();
    } finally {
      await server.release();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
