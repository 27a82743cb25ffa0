import type { ClientBase } from 'pg';
import { DatabaseFault } from '../embedded-postgres/folder.ts';

/** The oldest PostgreSQL that the statements of this adapter run on. */
const OLDEST_SERVER = 15;

/** What a server says of itself. */
export interface ServerSettings {
  /** `150004` is 15.4. */
  readonly number: string;
  readonly version: string;
  readonly replica: boolean;
  readonly readonly: string;
}

/** @throws {DatabaseFault} where the server is too old, or cannot be written. */
export async function checkServer(client: ClientBase): Promise<void> {
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
  return `The database is ${kind}: the store needs one that can be written, and a replica stands in \`readUrl\`.`;
}
