import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { AdapterEnv, Call, Health } from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import { createMongoClient, type FindQuery, type MongoClient, untilAborted } from '../kit/mongo/client.ts';
import { idOf, toObjectId } from '../kit/mongo/documents.ts';
import { type MaestroNode, readNode } from './node.ts';
import { DATABASE, type MaestroOptions } from './options.ts';

/** The maximum number of ids of one read. */
export const MAX_KEYS = 500;
/** The maximum number of parents whose children one read returns. */
export const MAX_PARENTS = 50;
/** The maximum number of nodes of one read. */
export const MAX_NODES = 20_000;

/** The result of a read. */
export interface Nodes {
  readonly nodes: readonly MaestroNode[];
  /** The `_id` of the last document, valid or not; null if there is no place to continue from. */
  readonly last: string | null;
  /** More match. */
  readonly isCut: boolean;
}

/** How the collection can be read. */
export interface CollectionStats {
  /** There are so few nodes that a read may scan them. */
  readonly isSmall: boolean;
  /** The fields with which an index begins. */
  readonly indexed: ReadonlySet<string>;
}

/** Reads the collection `node`, and no other. */
export class NodeClient {
  readonly #mongo: MongoClient<'node'>;
  readonly #scanned: number;

  constructor(options: MaestroOptions, env: Pick<AdapterEnv, 'upstream' | 'tls'>) {
    this.#scanned = options.scanned;
    this.#mongo = createMongoClient(options, DATABASE, { required: ['node'], optional: [] }, env);
  }

  /** Omits invalid nodes and reports them to `call.warn`. */
  async find(filter: Filter<Document>, query: FindQuery, call: Call): Promise<Nodes> {
    const { documents, isCut } = await this.#mongo.find('node', filter, query, call);
    const nodes = documents.flatMap((document) => readNode(document, call) ?? []);
    const last = documents.at(-1)?._id;
    return { nodes, last: isObjectId(last) ? last.toHexString() : null, isCut };
  }

  async byIds(
    ids: readonly string[],
    projection: FindQuery['projection'],
    call: Call,
  ): Promise<readonly MaestroNode[]> {
    if (ids.length === 0) return [];
    const filter = { _id: { $in: ids.map(toObjectId) } };
    const query: FindQuery = { limit: ids.length, ...(projection === undefined ? {} : { projection }) };
    return (await this.find(filter, query, call)).nodes;
  }

  /** The oldest or the newest node, or null. */
  async edge(order: 1 | -1, call: Call): Promise<string | null> {
    const query: FindQuery = { projection: { _id: 1 }, sort: { _id: order }, limit: 1, hint: { _id: 1 } };
    const { documents } = await this.#mongo.find('node', {}, query, call);
    return idOf(documents[0]?._id);
  }

  /** The oldest matching node, or null. */
  async first(filter: Filter<Document>, call: Call): Promise<string | null> {
    const query: FindQuery = { projection: { _id: 1 }, sort: { _id: 1 }, limit: 1, hint: { _id: 1 } };
    const { documents } = await this.#mongo.find('node', filter, query, call);
    return idOf(documents[0]?._id);
  }

  async stats(call: Call): Promise<CollectionStats> {
    const indexes = await this.#mongo.indexes('node', call);
    const indexed = new Set(indexes.flatMap(({ keys: [first] }) => (first === undefined ? [] : [first[0]])));
    if (this.#scanned === 0) return { isSmall: false, indexed };
    const query: FindQuery = { projection: { _id: 1 }, limit: this.#scanned, hint: { _id: 1 } };
    const { isCut } = await this.#mongo.find('node', {}, query, call);
    return { isSmall: !isCut, indexed };
  }

  health(call: Call): Promise<Health> {
    return this.#mongo.health(call);
  }

  close(): Promise<void> {
    return this.#mongo.close();
  }
}

/** Each id as an ObjectId and as text: references between nodes use both. */
export function eitherSpelling(ids: readonly string[]): readonly unknown[] {
  return ids.flatMap((id) => [toObjectId(id), id]);
}

function isObjectId(value: unknown): value is { toHexString(): string } {
  return typeof value === 'object' && value !== null && 'toHexString' in value;
}

/** Caches how the collection can be read. The background sweep refreshes it. */
export class StatsCache {
  readonly #client: NodeClient;
  #known: CollectionStats | null = null;
  #refreshing: Promise<CollectionStats> | null = null;

  constructor(client: NodeClient) {
    this.#client = client;
  }

  /** The cached value. The first caller waits until it is read. */
  async get(call: Call): Promise<CollectionStats> {
    const known = this.#known ?? (await this.#ongoing(call));
    return known ?? (await this.refresh(call));
  }

  /** The result of a refresh that is in progress; null if there is none, or it fails. */
  async #ongoing({ signal }: Call): Promise<CollectionStats | null> {
    try {
      return await untilAborted(signal, this.#refreshing?.catch(() => null) ?? Promise.resolve(null));
    } catch (cause) {
      throw new SourceError('SOURCE_TIMEOUT', 'The call ended before it was known how the database can be read.', {
        cause,
      });
    }
  }

  /** Whether the collection is known to be too large for scans. */
  get isLarge(): boolean {
    return this.#known?.isSmall === false;
  }

  async refresh(call: Call): Promise<CollectionStats> {
    const looking = this.#client.stats(call);
    this.#refreshing = looking;
    try {
      this.#known = await looking;
      return this.#known;
    } finally {
      if (this.#refreshing === looking) this.#refreshing = null;
    }
  }
}
