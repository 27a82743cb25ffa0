import { describe, expect, it } from 'vitest';
import { MIGRATIONS, serverFault } from '../../../../adapters/postgres/connection/migrate.ts';
import { test as aTest } from '../../../support/model-objects.ts';
import { aCall, arriving, openStore } from '../../../support/open-store.ts';
import { execute, installations, usePostgres } from '../../../support/postgres.ts';

for (const installation of installations()) {
  describe(`migrating on ${installation.name} PostgreSQL`, { timeout: 120_000 }, () => {
    const postgres = usePostgres(installation);
    const refusal = async (url: string, given: object = {}) => {
      const opened = openStore(url, given);
      try {
        return await opened.store.migrate().then(
          () => 'migrated',
          (error: Error) => error.message,
        );
      } finally {
        await opened.stop();
      }
    };

    it('makes the tables once, and says what it applied', async () => {
      const opened = openStore(await postgres.empty());
      expect(await opened.store.migrate()).toEqual(MIGRATIONS);
      expect(await opened.store.migrate()).toEqual([]);
      await opened.load(aTest({ id: 'maestro:1' }));
      await opened.stop();
    });

    it('is done once where eight gateways start at the same time', async () => {
      const url = await postgres.empty();
      const gateways = Array.from({ length: 8 }, () => openStore(url, { loadPoolSize: 1, poolSize: 1 }));
      const applied = await Promise.all(gateways.map(({ store }) => store.migrate()));
      expect(applied.flat()).toEqual(MIGRATIONS);
      await Promise.all(gateways.map(({ load }, n) => load(aTest({ id: `maestro:${n}` }))));
      expect(await gateways[0]?.rows('SELECT count(*) FROM tests')).toEqual([{ count: 8 }]);
      await Promise.all(gateways.map(({ stop }) => stop()));
    });

    it('names a database that does not exist', async () => {
      const url = new URL(await postgres.empty());
      url.pathname = '/nowhere';
      expect(await refusal(url.href)).toMatch(/^The database does not exist: create it first/);
    });

    it.skipIf(installation.url !== undefined)('names a password that is wrong', async () => {
      const url = new URL(await postgres.empty());
      url.password = 'wrong-password';
      const sentence = await refusal(url.href);
      expect(sentence).toMatch(/^The database refused the password\./);
      expect(sentence).not.toContain('wrong-password');
    });

    it('names a database that can only be read', async () => {
      const url = await postgres.empty();
      const name = new URL(url).pathname.slice(1);
      await execute(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      expect(await refusal(url)).toMatch(/^The database is read-only: the store needs one that can be written/);
    });

    it('names tables that a newer version made, and does not touch them', async () => {
      const url = await postgres.migrated();
      await execute(url, `INSERT INTO schema_migrations VALUES (999, 'future', now())`);
      expect(await refusal(url)).toMatch(
        /^The tables are of version 999, made by a newer kcigraph; this one knows version/,
      );
      const opened = openStore(url);
      await opened.pools.start();
      const loading = opened.store.load(arriving([]), { origins: null, submission: 's' }, aCall());
      await expect(loading).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringContaining('newer kcigraph'),
      });
      await opened.stop();
    });

    it('says that tables are not there where it may not make them', async () => {
      const opened = openStore(await postgres.empty(), { migrate: false });
      await expect(opened.load()).rejects.toThrow('run `kcigraph migrate`');
      await opened.stop();
    });
  });
}

describe('what a server says of itself', () => {
  const server = { number: '180004', version: '18.4', replica: false, readonly: 'off' };

  it('is why it is refused, or is fine', () => {
    expect(serverFault(server)).toBeNull();
    expect(serverFault({ ...server, number: '150000' })).toBeNull();
    expect(serverFault({ ...server, number: '140019', version: '14.19' })).toBe(
      'The server is PostgreSQL 14.19, and 15 is the oldest that works.',
    );
    expect(serverFault({ ...server, replica: true, readonly: 'on' })).toMatch(/^The database is a replica: /);
  });
});

describe('a server that cannot be reached', () => {
  it('does not keep the gateway from starting, and is named in one sentence', async () => {
    const opened = openStore('postgres://nobody:secret@127.0.0.1:1/none');
    await opened.pools.start();
    await expect(opened.load()).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: 'The database is not reachable: nothing listens at its address.',
    });
    await opened.stop();
  });
});
