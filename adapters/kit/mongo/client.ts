import type { Document } from 'bson';
import type { Collection, Db, Filter, FindOptions } from 'mongodb';
import type { AdapterEnv, Call, Health } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import { Connection, type MongoOptions } from './connection.ts';
import { type Documents, numberOf, readDocuments } from './documents.ts';
import { concealerOf, sourceErrorOf } from './driver-errors.ts';

export interface FindQuery {
  /** The server sends only these fields. Leave large ones (logs, fragments) out unless they are selected. */
  readonly projection?: Readonly<Record<string, 0 | 1>>;
  /** Use an index, or bound the read: a server sorts only a little in memory. */
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  /** The maximum number of documents. */
  readonly limit: number;
  /** The keys of the index that serves the read. If the index is missing, the read fails instead of scanning. */
  readonly hint?: Readonly<Record<string, 1 | -1>>;
}

/** The keys of an index, in their order. */
export interface IndexKeys {
  readonly name: string;
  readonly keys: readonly (readonly [field: string, direction: unknown])[];
}

/** How often each combination of some fields occurs. */
export interface Tally {
  readonly key: Readonly<Record<string, unknown>>;
  readonly count: number;
}

/**
 * Reads the named collections of one MongoDB. Each read is one request of `env.upstream`. The client never writes, and
 * connects with the first read. It omits a document that it cannot read and reports it to `call.warn`.
 * All reads fail with {@link SourceError} only.
 */
export interface MongoClient<Name extends string> {
  find(collection: Name, filter: Filter<Document>, query: FindQuery, call: Call): Promise<Documents>;
  count(collection: Name, filter: Filter<Document>, hint: FindQuery['hint'], call: Call): Promise<number>;
  /** Counts by the values of up to three fields, by `$match` and `$group`. */
  tally(collection: Name, filter: Filter<Document>, by: readonly string[], call: Call): Promise<readonly Tally[]>;
  /** The distinct values of a field. Use it only for fields with few values. */
  distinct(collection: Name, field: string, filter: Filter<Document>, call: Call): Promise<readonly unknown[]>;
  /** The indexes of the collection; empty if the collection is missing. */
  indexes(collection: Name, call: Call): Promise<readonly IndexKeys[]>;
  /** Cheap. Names the required collections that are missing. */
  health(call: Call): Promise<Health>;
  close(): Promise<void>;
}

/** Options of every command. */
interface CommandOptions {
  readonly signal: AbortSignal;
  readonly maxTimeMS: number;
}

/** The largest `maxTimeMS` that a server accepts. */
const MAX_TIME_MS = 2 ** 31 - 1;

export function createMongoClient<Name extends string>(
  options: MongoOptions,
  /** The database to read if neither the option nor the URL names one. */
  database: string,
  collections: Collections<Name>,
  env: Pick<AdapterEnv, 'upstream' | 'tls'>,
): MongoClient<Name> {
  const conceal = concealerOf(options.url, [options.username, options.password]);
  return new Client(new Connection(options, env.tls, database), new KnownCollections(collections), conceal, env);
}

class Client<Name extends string> implements MongoClient<Name> {
  readonly #connection: Connection;
  readonly #collections: KnownCollections<Name>;
  readonly #env: Pick<AdapterEnv, 'upstream'>;
  readonly #conceal: (text: string) => string;

  constructor(
    connection: Connection,
    collections: KnownCollections<Name>,
    conceal: (text: string) => string,
    env: Pick<AdapterEnv, 'upstream'>,
  ) {
    this.#connection = connection;
    this.#collections = collections;
    this.#env = env;
    this.#conceal = conceal;
  }

  async find(name: Name, filter: Filter<Document>, query: FindQuery, call: Call): Promise<Documents> {
    const nothing: Documents = { documents: [], isCut: false };
    return await this.#read(name, call, nothing, async (collection, common) => {
      const { projection, sort, limit, hint } = query;
      const options: FindOptions = {
        ...common,
        raw: true,
        // One more document shows whether there are more. All of them come in one answer if they fit.
        limit: limit + 1,
        batchSize: limit + 1,
        ...(projection === undefined ? {} : { projection }),
        ...(sort === undefined ? {} : { sort: Object.entries(sort) }),
        ...(hint === undefined ? {} : { hint: { ...hint } }),
      };
      return await readDocuments(collection.find(filter, options), name, limit, call);
    });
  }

  async count(name: Name, filter: Filter<Document>, hint: FindQuery['hint'], call: Call): Promise<number> {
    return await this.#read(name, call, 0, (collection, common) =>
      collection.countDocuments(filter, { ...common, ...(hint === undefined ? {} : { hint: { ...hint } }) }),
    );
  }

  async tally(name: Name, filter: Filter<Document>, by: readonly string[], call: Call): Promise<readonly Tally[]> {
    const nothing: readonly Tally[] = [];
    // A field of a group's `_id` must not contain a dot.
    const _id = Object.fromEntries(by.map((field, index) => [`f${index}`, `$${field}`]));
    return await this.#read(name, call, nothing, async (collection, common) => {
      const pipeline = [{ $match: filter }, { $group: { _id, n: { $sum: 1 } } }];
      const groups = await collection.aggregate(pipeline, common).toArray();
      return groups.map((group) => ({
        key: Object.fromEntries(by.map((field, index) => [field, group._id?.[`f${index}`] ?? null])),
        count: numberOf(group.n) ?? 0,
      }));
    });
  }

  async distinct(name: Name, field: string, filter: Filter<Document>, call: Call): Promise<readonly unknown[]> {
    // This uses `$group`, because `distinct` of FerretDB accepts no time-out.
    return (await this.tally(name, filter, [field], call)).map(({ key }) => key[field]);
  }

  async indexes(name: Name, call: Call): Promise<readonly IndexKeys[]> {
    const nothing: readonly IndexKeys[] = [];
    return await this.#read(name, call, nothing, async (collection, { maxTimeMS }) => {
      const found = await collection.listIndexes({ maxTimeMS }).toArray();
      return found.map((index) => ({ name: String(index.name), keys: Object.entries(index.key) }));
    });
  }

  async health(call: Call): Promise<Health> {
    return await this.#request(call, async (database) => {
      await database.command({ ping: 1 }, { signal: call.signal });
      const missing = await this.#collections.missingFrom(database);
      return missing.length === 0 ? { ok: true } : { ok: false, detail: missingSentence(missing) };
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The result of `work`, or `nothing` if the collection is optional and missing. */
  async #read<T>(
    name: Name,
    call: Call,
    nothing: T,
    work: (collection: Collection, common: CommandOptions) => Promise<T>,
  ): Promise<T> {
    return await this.#request(call, async (database, signal) => {
      if (!(await this.#collections.has(name, database))) return nothing;
      const left = Math.min(call.deadline - Date.now(), MAX_TIME_MS);
      return await work(database.collection(name), { signal, maxTimeMS: Math.max(1, Math.floor(left)) });
    });
  }

  async #request<T>(call: Call, work: (database: Db, signal: AbortSignal) => Promise<T>): Promise<T> {
    return await this.#env.upstream(call, async (signal) => {
      try {
        // The driver follows the signal only while it waits for an answer.
        return await untilAborted(
          signal,
          this.#connection.database().then((database) => work(database, signal)),
        );
      } catch (error) {
        throw sourceErrorOf(error, signal.aborted, this.#conceal);
      }
    });
  }
}

/** The only collections of a source that are ever read. */
export interface Collections<Name extends string> {
  /** A read of a missing one fails with an error that says so: most likely this is the wrong database. */
  readonly required: readonly Name[];
  /** A missing one counts as empty. */
  readonly optional: readonly Name[];
}

/** A missing collection may be created later: the client lists the collections again after this time. */
const RELIST_MS = 10_000;
const LIST_MS = 10_000;
const OPTIONAL_RELIST_MS = 600_000;

/** Knows which of the named collections the database has, from one cached listing. */
class KnownCollections<Name extends string> {
  readonly #named: Collections<Name>;
  /** Null if the user may not list them: then every collection counts as present. */
  #present: ReadonlySet<string> | null = null;
  #until = 0;
  #listing: Promise<void> | null = null;

  constructor(named: Collections<Name>) {
    this.#named = named;
  }

  /** The required collections that are missing. */
  async missingFrom(database: Db): Promise<readonly Name[]> {
    await this.#known(database);
    return this.#missing;
  }

  get #missing(): readonly Name[] {
    const present = this.#present;
    return present === null ? [] : this.#named.required.filter((name) => !present.has(name));
  }

  /**
   * Whether the collection exists.
   * @throws {SourceError} if it is required and missing
   * @throws {Error} if it is not one of the named collections
   */
  async has(name: Name, database: Db): Promise<boolean> {
    if (![...this.#named.required, ...this.#named.optional].includes(name)) {
      throw new Error(`The collection "${name}" is none of those that this source may read.`);
    }
    await this.#known(database);
    if (this.#present === null || this.#present.has(name)) return true;
    if (!this.#named.required.includes(name)) return false;
    throw new SourceError('SOURCE_UNAVAILABLE', missingSentence(this.#missing), { isRetryable: false });
  }

  async #known(database: Db): Promise<void> {
    if (Date.now() < this.#until) return;
    this.#listing ??= this.#list(database).finally(() => {
      this.#listing = null;
    });
    await this.#listing;
  }

  /** Concurrent callers share it, so it ignores their signals. */
  async #list(database: Db): Promise<void> {
    try {
      const options = { nameOnly: true, authorizedCollections: true, maxTimeMS: LIST_MS };
      const listed = await database.listCollections({}, options).toArray();
      this.#present = new Set(listed.map(({ name }) => name));
    } catch (error) {
      if (!isListingDenied(error)) throw error;
      this.#present = null;
    }
    this.#until = Date.now() + (this.#missing.length > 0 ? RELIST_MS : OPTIONAL_RELIST_MS);
  }
}

function missingSentence(missing: readonly string[]): string {
  const names = missing.map((name) => `\`${name}\``).join(', ');
  const what = missing.length === 1 ? `the collection ${names}` : `the collections ${names}`;
  return `The database lacks ${what}: it may not be the one that is meant.`;
}

/** The server refuses the listing to this user, who may still be allowed to read the collections. */
function isListingDenied(error: unknown): boolean {
  return error instanceof Error && error.name === 'MongoServerError' && 'code' in error && error.code === 13;
}

/** Settles as the promise does, or rejects with the signal's reason when it aborts. The work itself continues. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
    work.catch(() => undefined);
  }
}
