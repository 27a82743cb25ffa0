import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { AdapterEnv, Call, Health } from '../kit/author.ts';
import {
  createMongoClient,
  type FindQuery,
  type IndexKeys,
  type MongoClient,
  type Tally,
} from '../kit/mongo/client.ts';
import type { Documents } from '../kit/mongo/documents.ts';
import type { LegacyOptions } from './options.ts';

const REQUIRED = ['job', 'build', 'test_group', 'test_case'] as const;
/** Some installations lack them. */
const OPTIONAL = ['boot', 'test_regression', 'bisect', 'error_logs'] as const;
/** The only collections that this adapter reads. */
export type Collection = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/** The statements of one read. */
export interface Statements {
  find(collection: Collection, filter: Filter<Document>, query: FindQuery): Promise<Documents>;
  tally(collection: Collection, filter: Filter<Document>, by: readonly string[]): Promise<readonly Tally[]>;
  /** These keys as a hint if the collection has such an index, for reads for which a server could choose another. */
  hint(collection: Collection, keys: NonNullable<FindQuery['hint']>): Promise<FindQuery['hint']>;
}

/**
 * Documents refer to each other by id, so a read is a short chain of statements: one for each level, each for all keys
 * at once. The chain is one upstream request: it holds one permit and is retried as a whole.
 */
export class LegacyClient {
  readonly #client: MongoClient<Collection>;
  readonly #env: Pick<AdapterEnv, 'upstream'>;
  readonly #indexes = new Map<Collection, readonly IndexKeys[]>();

  constructor(options: LegacyOptions, env: Pick<AdapterEnv, 'upstream' | 'tls'>) {
    const collections = { required: REQUIRED, optional: OPTIONAL };
    // Statements run under the permit of their read.
    const within = {
      tls: env.tls,
      upstream: <T>(call: Call, ask: (signal: AbortSignal) => Promise<T>) => ask(call.signal),
    };
    this.#client = createMongoClient(options, 'kernel-ci', collections, within);
    this.#env = env;
  }

  async read<T>(call: Call, work: (statements: Statements) => Promise<T>): Promise<T> {
    return await this.#env.upstream(call, async (signal) => {
      const within: Call = { ...call, signal };
      return await work({
        find: (collection, filter, query) => this.#client.find(collection, filter, query, within),
        tally: (collection, filter, by) => this.#client.tally(collection, filter, by, within),
        hint: (collection, keys) => this.#hint(collection, keys, within),
      });
    });
  }

  health(call: Call): Promise<Health> {
    return this.#env.upstream(call, (signal) => this.#client.health({ ...call, signal }));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Indexes are looked up once. Restart the gateway to use an index that you add. */
  async #hint(collection: Collection, keys: NonNullable<FindQuery['hint']>, call: Call): Promise<FindQuery['hint']> {
    const known = this.#indexes.get(collection) ?? (await this.#client.indexes(collection, call).catch(() => null));
    if (known === null) return undefined;
    this.#indexes.set(collection, known);
    const wanted = JSON.stringify(Object.entries(keys));
    return known.some((index) => JSON.stringify(index.keys) === wanted) ? keys : undefined;
  }
}
