import type { Db, MongoClient, MongoClientOptions } from 'mongodb';
import { z } from 'zod';
import type { TlsOptions } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import { unusableUrl } from './driver-errors.ts';

/** A scheme, optionally a user, one or more hosts, optionally a database and options. */
const URL_OF_A_DATABASE = /^mongodb(\+srv)?:\/\/([^@/]*@)?[^@/?#\s]+(\/[^/?#]*)?(\?[^#]*)?$/;

const READ_PREFERENCES = ['primary', 'primaryPreferred', 'secondary', 'secondaryPreferred', 'nearest'] as const;
const READ_CONCERNS = ['local', 'available', 'majority', 'linearizable', 'snapshot'] as const;

/**
 * The options of every source on MongoDB, to spread into an adapter's own options.
 * @param database the database to read if neither the option nor the URL names one
 */
export function mongoOptions(database: string) {
  return {
    url: z
      .string()
      .regex(URL_OF_A_DATABASE, {
        error:
          'It must be a URL such as `mongodb://HOST:27017`; reserved characters in a password are percent-encoded.',
      })
      .describe('Where the database lies: `mongodb://…` or `mongodb+srv://…`. It is only read.'),
    database: z
      .string()
      .regex(/^[^/\\. "$*<>:|?\0]{1,63}$/, { error: 'It must be the name of a database.' })
      .optional()
      .describe(`The database; else the one that the URL names, else \`${database}\`.`),
    username: z.string().min(1).optional().describe('The user to read as, if the URL does not name one.'),
    password: z
      .string()
      .optional()
      .describe('The password of `username`; `$' + '{NAME}` takes it from the environment.'),
    authSource: z
      .string()
      .min(1)
      .optional()
      .describe('The database that knows the user; `admin` where nothing else says.'),
    readPreference: z
      .enum(READ_PREFERENCES)
      .default('primaryPreferred')
      .describe('Which members of a replica set are read.'),
    readConcern: z
      .enum(READ_CONCERNS)
      .optional()
      .describe('How settled the data that is read must be; else the default of the server.'),
    poolSize: z.int().min(1).max(1000).default(10).describe('Connections at once.'),
    connectTimeout: z
      .int()
      .min(1)
      .default(3000)
      .describe('Milliseconds to wait for a connection, or for a server that can answer.'),
    appName: z.string().min(1).max(128).default('kcigraph').describe('The name under which the server logs the reads.'),
  };
}
export type MongoOptions = z.output<z.ZodObject<ReturnType<typeof mongoOptions>>>;

/** An idle connection is closed after this time. */
const IDLE_MS = 60_000;

/** The driver's client of one source. It is created and connected with the first read. */
export class Connection {
  readonly #options: MongoOptions;
  readonly #tls: TlsOptions | undefined;
  readonly #fallback: string;
  #client: Promise<MongoClient> | null = null;
  /** It may still be connecting. */
  #made: MongoClient | null = null;
  #isClosed = false;

  constructor(options: MongoOptions, tls: TlsOptions | undefined, fallback: string) {
    this.#options = options;
    this.#tls = tls;
    this.#fallback = fallback;
  }

  /** @throws if the driver does not understand the URL, or cannot reach a server */
  async database(): Promise<Db> {
    if (this.#isClosed) throw new SourceError('SOURCE_UNAVAILABLE', 'The source has stopped.');
    this.#client ??= this.#open();
    const client = await this.#client;
    const named = this.#options.database ?? databaseOfUrl(this.#options.url) ?? this.#fallback;
    return client.db(named);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#made?.close(true);
    await this.#client?.then(
      (client) => client.close(true),
      () => undefined,
    );
  }

  async #open(): Promise<MongoClient> {
    const client = await this.#make();
    try {
      return await client.connect();
    } catch (error) {
      // A client whose first connection failed stays closed: the next read creates another.
      this.#client = null;
      await client.close(true);
      throw error;
    }
  }

  /** The driver is loaded with the first read, so that commands that read nothing start faster. */
  async #make(): Promise<MongoClient> {
    const driver = await import('mongodb');
    try {
      this.#made = new driver.MongoClient(this.#options.url, driverOptions(this.#options, this.#tls));
      return this.#made;
    } catch {
      this.#client = null;
      throw unusableUrl();
    }
  }
}

function driverOptions(options: MongoOptions, tls: TlsOptions | undefined): MongoClientOptions {
  const { username, password, authSource, readConcern, connectTimeout } = options;
  return {
    appName: options.appName,
    // One more: a probe must not wait behind reads that take long.
    maxPoolSize: options.poolSize + 1,
    maxIdleTimeMS: IDLE_MS,
    connectTimeoutMS: connectTimeout,
    serverSelectionTimeoutMS: connectTimeout,
    readPreference: options.readPreference,
    // The gateway's guard tries again, once, while there is time.
    retryReads: false,
    retryWrites: false,
    // Text that is not UTF-8 in one document must not fail the whole answer.
    enableUtf8Validation: false,
    ...(readConcern === undefined ? {} : { readConcern: { level: readConcern } }),
    ...(username === undefined ? {} : { auth: { username, ...(password === undefined ? {} : { password }) } }),
    ...(authSource === undefined ? {} : { authSource }),
    ...(tls === undefined ? {} : { tls: true, ...given(tls) }),
  };
}

/** The driver rejects members that are undefined. */
function given(tls: TlsOptions): MongoClientOptions {
  const { ca, cert, key, servername } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  };
}

function databaseOfUrl(url: string): string | null {
  const path = /^[^/]*\/\/[^/?]*\/([^?]+)/.exec(url)?.[1];
  return path === undefined ? null : decodeURIComponent(path);
}
