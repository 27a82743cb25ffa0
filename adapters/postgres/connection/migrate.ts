import { readFile } from 'node:fs/promises';
import type { ClientBase } from 'pg';
import type { Migration } from '../../contract/adapter.ts';
import { DatabaseFault } from '../../embedded-postgres/folder.ts';

/** Forward only, in this order. Never edit one that was released. */
export const MIGRATIONS: readonly Migration[] = [{ version: 1, name: 'tables' }];
const SCHEMA_VERSION = MIGRATIONS.length;

/** Every gateway of every version uses this number: the one that holds the lock migrates. */
const LOCK = 5_201_733_490_217;

/**
 * Brings the tables up to date. Each migration is one transaction under one lock, so that gateways can start at the same
 * time. Gives the migrations that it applied.
 * @throws {DatabaseFault} if the server is too old or read-only, or the tables are newer than this program.
 */
export async function migrate(client: ClientBase): Promise<readonly Migration[]> {
  await checkServer(client);
  const applied: Migration[] = [];
  for (const migration of MIGRATIONS) {
    if (migration.version <= (await schemaVersion(client))) continue;
    if (await apply(client, migration)) applied.push(migration);
  }
  await checkSchema(client);
  return applied;
}

/** @throws {DatabaseFault} if the tables have another version than this program needs. */
export async function checkSchema(client: ClientBase): Promise<void> {
  const version = await schemaVersion(client);
  if (version === SCHEMA_VERSION) return;
  const sentence =
    version > SCHEMA_VERSION
      ? `The tables are of version ${version}, made by a newer kcigraph; this one knows version ${SCHEMA_VERSION}: update it.`
      : `The tables are of version ${version}, and version ${SCHEMA_VERSION} is needed: run \`kcigraph migrate\`.`;
  throw new DatabaseFault(sentence, sentence);
}

async function apply(client: ClientBase, migration: Migration): Promise<boolean> {
  const name = `${String(migration.version).padStart(4, '0')}-${migration.name}`;
  const sql = await readFile(new URL(`../migrations/${name}.sql`, import.meta.url), 'utf8');
  await client.query('BEGIN');
  try {
    // A lock of the transaction works through a connection pooler and ends with its holder; one of the session does not.
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)',
    );
    const mine = (await schemaVersion(client)) < migration.version;
    if (mine) {
      await client.query(sql);
      await client.query('INSERT INTO schema_migrations VALUES ($1, $2, now())', [migration.version, migration.name]);
    }
    await client.query('COMMIT');
    return mine;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function schemaVersion(client: ClientBase): Promise<number> {
  const there = await client.query<{ there: boolean }>(`SELECT to_regclass('schema_migrations') IS NOT NULL AS there`);
  if (there.rows[0]?.there !== true) return 0;
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM schema_migrations',
  );
  return rows[0]?.version ?? 0;
}

/** The oldest PostgreSQL that the statements of this adapter run on. */
const OLDEST_SERVER = 15;

/** The settings of a server that decide whether the store can use it. */
export interface ServerSettings {
  /** `150004` is 15.4. */
  readonly number: string;
  readonly version: string;
  readonly replica: boolean;
  readonly readonly: string;
}

/** @throws {DatabaseFault} if the server is too old or read-only. */
async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<ServerSettings>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version,
      pg_is_in_recovery() AS replica, current_setting('transaction_read_only') AS readonly`,
  );
  const server = rows[0];
  if (server === undefined) throw new Error('PostgreSQL gave no row for its settings.');
  const sentence = serverFault(server);
  if (sentence !== null) throw new DatabaseFault(sentence, sentence);
}

/** Why such a server cannot hold the store, or null. */
export function serverFault({ number, version, replica, readonly }: ServerSettings): string | null {
  if (Number(number) < OLDEST_SERVER * 10_000) {
    return `The server is PostgreSQL ${version}, and ${OLDEST_SERVER} is the oldest that works.`;
  }
  if (!replica && readonly !== 'on') return null;
  const kind = replica ? 'a replica' : 'read-only';
  return `The database is ${kind}: the store needs one that can be written, and a replica belongs in \`readUrl\`.`;
}
