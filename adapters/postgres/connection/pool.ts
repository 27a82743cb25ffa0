import pg from 'pg';
import type { Logger, Migration } from '../../contract/adapter.ts';
import { parseExactJson } from '../../contract/exact-json.ts';
import { createEmbeddedServer, type EmbeddedServer } from '../../embedded-postgres/server.ts';
import { embeddedFolder, type PostgresOptions } from '../options.ts';
import { toDatabaseFault } from './faults.ts';
import { checkSchema, migrate } from './migrate.ts';
import { CheckedClient } from './protocol.ts';

/** The connections of one source. Each is opened when it is first needed. */
export interface Pools {
  /** For loads: a pool of the primary, whose tables are up to date. */
  loads(): Promise<pg.Pool>;
  /** For reads: a pool of the replica where there is one, else of the primary. */
  reads(): Promise<pg.Pool>;
  /** One connection in addition to those for reads: a probe must not wait for slow statements. */
  probes(): Promise<pg.Pool>;
  /** Brings the tables up to date. @throws {DatabaseFault} with a message for the operator. */
  migrate(): Promise<readonly Migration[]>;
  /**
   * Claims the embedded folder for this gateway, starts its server, and brings the tables up to date.
   * @throws {DatabaseFault} if the embedded folder cannot be used; if a server is down, that is only logged.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Connections that receipts and a purge share, so that they do not wait for loads. */
const RECEIPTS = 2;

export function createPools(options: PostgresOptions, log: Logger): Pools {
  return new SourcePools(options, log);
}

class SourcePools implements Pools {
  readonly #options: PostgresOptions;
  readonly #log: Logger;
  readonly #server: EmbeddedServer | null;
  #loads: Promise<pg.Pool> | null = null;
  #reads: Promise<pg.Pool> | null = null;
  #probes: Promise<pg.Pool> | null = null;
  readonly #open: pg.Pool[] = [];

  constructor(options: PostgresOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    const folder = embeddedFolder(options.url);
    this.#server = folder === null ? null : createEmbeddedServer(folder, log, () => this.#forget());
  }

  loads(): Promise<pg.Pool> {
    this.#loads ??= this.#make(this.#options.url, this.#options.loadPoolSize + RECEIPTS, this.#options.migrate);
    return this.#kept(this.#loads, () => {
      this.#loads = null;
    });
  }

  reads(): Promise<pg.Pool> {
    const { url, readUrl, poolSize } = this.#options;
    // A replica answers while its primary is down, so its reads do not wait for the primary's migration.
    this.#reads ??=
      readUrl === undefined
        ? this.loads().then(() => this.#make(url, poolSize, false))
        : this.#make(readUrl, poolSize, false);
    return this.#kept(this.#reads, () => {
      this.#reads = null;
    });
  }

  probes(): Promise<pg.Pool> {
    const { url, readUrl } = this.#options;
    this.#probes ??= this.reads().then(() => this.#make(readUrl ?? url, 1, false));
    return this.#kept(this.#probes, () => {
      this.#probes = null;
    });
  }

  async migrate(): Promise<readonly Migration[]> {
    const pool = await this.#connect(this.#options.url, 1);
    try {
      return await withClient(pool, migrate);
    } catch (error) {
      throw toDatabaseFault(error);
    } finally {
      await this.#close(pool);
    }
  }

  async start(): Promise<void> {
    // A command beside a gateway connects when it needs to, and `migrate` can say what it did.
    if (this.#options.attach) return;
    await this.#server?.own();
    try {
      await this.loads();
    } catch (error) {
      // The fault of a server may pass, the fault of a folder does not.
      if (this.#server !== null) throw error;
      this.#log.error({ err: error }, 'The database cannot be used yet; it is tried again with each request.');
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.#loads, this.#reads, this.#probes]);
    await Promise.all(this.#open.splice(0).map((pool) => pool.end()));
    this.#loads = null;
    this.#reads = null;
    this.#probes = null;
    await this.#server?.release();
  }

  /** The server ended, and will use another port when it starts again. */
  #forget(): void {
    this.#loads = null;
    this.#reads = null;
    this.#probes = null;
    for (const pool of this.#open.splice(0)) pool.end().catch(() => undefined);
  }

  async #make(url: string, size: number, bringUp: boolean): Promise<pg.Pool> {
    const pool = await this.#connect(url, size);
    try {
      if (bringUp) {
        const applied = await withClient(pool, migrate);
        for (const migration of applied) this.#log.info({ ...migration }, 'The tables were brought up to date.');
      } else {
        await withClient(pool, checkSchema);
      }
      return pool;
    } catch (error) {
      await this.#close(pool);
      throw toDatabaseFault(error);
    }
  }

  async #connect(url: string, max: number): Promise<pg.Pool> {
    const connectionString = embeddedFolder(url) === null ? url : ((await this.#server?.url()) ?? url);
    const pool = openPool(connectionString, max, this.#options.connectTimeout, this.#log);
    this.#open.push(pool);
    return pool;
  }

  async #close(pool: pg.Pool): Promise<void> {
    const at = this.#open.indexOf(pool);
    if (at >= 0) this.#open.splice(at, 1);
    await pool.end();
  }

  /** If a pool could not be made, the next request tries again. */
  async #kept(pool: Promise<pg.Pool>, forget: () => void): Promise<pg.Pool> {
    try {
      return await pool;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

const BIGINT = 20;
const TIMESTAMPTZ = 1184;
const JSON_TEXT = 114;
const JSONB = 3802;

/** Issue versions fit into a number. Times stay text, since a Date has no microseconds. Integers in JSON keep their digits. */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === BIGINT) return Number;
  if (oid === TIMESTAMPTZ) return String;
  if (oid === JSON_TEXT || oid === JSONB) return (text: string) => parseExactJson(text);
  return pg.types.getTypeParser(oid, format);
}

/** A pool that connects when it is first used. `timeout`: milliseconds to wait for a connection. */
export function openPool(url: string, max: number, timeout: number, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    Client: CheckedClient,
    connectionString: url,
    max,
    connectionTimeoutMillis: timeout,
    application_name: 'kcigraph',
    keepAlive: true,
    types: { getTypeParser: parserOf },
  });
  // The pool replaces an idle connection that the server closed; without a listener the process would end.
  pool.on('error', (error) => log.warn({ err: error }, 'An idle connection to the database was lost.'));
  // A busy connection that is lost emits an error too, and the pool listens only to idle ones.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A connection that failed is not used again. */
async function withClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
