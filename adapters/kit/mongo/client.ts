import type { Document } from 'bson';
import type { Collection, Db, Filter, FindOptions } from 'mongodb';
import type { AdapterEnv, Call, Health } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { Connection, type MongoOptions } from './connection.ts';
import { type Documents, numberOf, readDocuments } from './documents.ts';
import { concealerOf, sourceErrorOf } from './driver-errors.ts';

export interface FindQuery {
  /** Only what it names is sent. Leave what is large (logs, fragments) out unless it is asked for. */
  readonly projection?: Readonly<Record<string, 0 | 1>>;
  /** By an index, or bounded: a server sorts little in memory. */
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  /** At most so many documents are given. */
  readonly limit: number;
  /** The index that serves it, as its keys: without it the read fails rather than scan. */
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
 * Reads the named collections of one MongoDB, each read in one request of `env.upstream`; nothing is ever written, and
 * nothing connected to before the first read. A document that cannot be read is left out and told to `call.warn`.
 * All reads fail with {@link SourceError} only.
 */
export interface MongoClient<Name extends string> {
  find(collection: Name, filter: Filter<Document>, query: FindQuery, call: Call): Promise<Documents>;
  count(collection: Name, filter: Filter<Document>, hint: FindQuery['hint'], call: Call): Promise<number>;
  /** Counts by the values of up to three fields, by `$match` and `$group`. */
  tally(collection: Name, filter: Filter<Document>, by: readonly string[], call: Call): Promise<readonly Tally[]>;
  /** The distinct values of a field: for fields of few values only. */
  distinct(collection: Name, field: string, filter: Filter<Document>, call: Call): Promise<readonly unknown[]>;
  /** The indexes that the collection has; none where it is not there. */
  indexes(collection: Name, call: Call): Promise<readonly IndexKeys[]>;
  /** Cheap. Says which of the required collections are missing. */
  health(call: Call): Promise<Health>;
  close(): Promise<void>;
}

/** What each command is given. */
interface CommandOptions {
  readonly signal: AbortSignal;
  readonly maxTimeMS: number;
}

/** What a server takes as `maxTimeMS`. */
const MAX_TIME_MS = 2 ** 31 - 1;

export function createMongoClient<Name extends string>(
  options: MongoOptions,
  /** The database that is read where neither the option nor the URL names one. */
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
        // One more tells whether there are more; all of it in one answer, where it fits into one.
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
    // A name of a group has no dot.
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
    // By a group: FerretDB's own `distinct` takes no time-out.
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

  /** What `work` gives, or `nothing` where the collection is one that may be missing, and is. */
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
        // The driver heeds the signal while it waits for an answer, and not everywhere else.
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
  /** A read of one that is missing fails, and says so: most likely the database is another one. */
  readonly required: readonly Name[];
  /** One that is missing is empty. */
  readonly optional: readonly Name[];
}

/** What is missing may come: it is looked for again after so long. */
const RELIST_MS = 10_000;
const LIST_MS = 10_000;
const OPTIONAL_RELIST_MS = 600_000;

/** Knows which of the named collections the database has, by one listing that is kept. */
class KnownCollections<Name extends string> {
  readonly #named: Collections<Name>;
  /** Null where the user may not list them: then each is taken to be there. */
  #present: ReadonlySet<string> | null = null;
  #until = 0;
  #listing: Promise<void> | null = null;

  constructor(named: Collections<Name>) {
    this.#named = named;
  }

  /** The required ones that are missing. */
  async missingFrom(database: Db): Promise<readonly Name[]> {
    await this.#known(database);
    return this.#missing;
  }

  get #missing(): readonly Name[] {
    const present = this.#present;
    return present === null ? [] : this.#named.required.filter((name) => !present.has(name));
  }

  /**
   * Whether the collection is there to be read.
   * @throws {SourceError} where it is required and missing, or is none of those that may be read
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

  /** All who ask meanwhile share it, so that it does not end with any one of them. */
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

/** The server refuses the listing to this user; what it may read is another question. */
function isListingDenied(error: unknown): boolean {
  return error instanceof Error && error.name === 'MongoServerError' && 'code' in error && error.code === 13;
}

/** What a promise gives, or the reason of the signal as soon as nobody waits any more; the work goes on by itself. */
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
