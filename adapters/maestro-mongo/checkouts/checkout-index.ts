import type { ObjectId } from 'bson';
import type { AdapterEnv, Call } from '../../adapter.ts';
import { BackgroundIndex, type IndexEntry } from '../../kit/background-index.ts';
import { idAt, isId, msOf, textOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { NodeClient } from '../client.ts';
import { NODES_OF } from '../nodes/kinds.ts';
import type { MaestroNode } from '../nodes/node.ts';
import { projectionOf } from '../nodes/projections.ts';
import type { Commits } from './commits.ts';

/** Of the entries: raised when they change. */
const VERSION = 1;
const MAX_ENTRIES = 2_000_000;
const MAX_BYTES = 1024 * 1024 * 1024;
const PAGE = 1_000;
/** A node may be written so long after its id was made. */
const LATE_MS = 120_000;
const DAY_MS = 86_400_000;
const FIRST_WINDOW_MS = 7 * DAY_MS;
const LEAST_WINDOW_MS = 60_000;
const LAST_WINDOW_MS = 3650 * DAY_MS;
/** A read that takes longer is not followed by one of a wider range. */
const SLOW_MS = 2_000;
/** So many checkouts of one question are looked at. */
export const MAX_CHECKOUTS = 5_000;

const NO_FIELDS: ReadonlySet<string> = new Set();

/**
 * Which checkouts have which commit: learnt by a walk over `_id`, from the newest back, since no index of the database can
 * be relied on. Each step reads a bounded range of ids.
 */
export class CheckoutIndex {
  readonly #client: NodeClient;
  readonly #index: BackgroundIndex<null>;
  #windowMs = FIRST_WINDOW_MS;
  /** The oldest node of all: none comes before it. */
  #first: string | null = null;

  constructor(client: NodeClient, env: Pick<AdapterEnv, 'dataDir' | 'source' | 'log'>) {
    this.#client = client;
    this.#index = new BackgroundIndex<null>(
      { version: VERSION, name: 'checkouts', maxEntries: MAX_ENTRIES, maxBytes: MAX_BYTES },
      env,
    );
  }

  open(): void {
    this.#index.open();
  }

  close(): void {
    this.#index.close();
  }

  /** Whether the walk has come to the oldest node. */
  get isComplete(): boolean {
    return this.#index.progress('isComplete') === true;
  }

  /** Whether all checkouts since a time are known. */
  reachesBack(time: number): boolean {
    const oldest = this.#id('oldest');
    return this.isComplete || (oldest !== null && msOf(oldest) <= time);
  }

  /** Up to which id all checkouts are known; null where the walk has not begun. */
  get newest(): string | null {
    return this.#id('newest');
  }

  /** The ids from which on a checkout may not be known yet. */
  get unknownFrom(): ObjectId {
    const { newest } = this;
    return idAt(newest === null ? Date.now() - LATE_MS : msOf(newest) - LATE_MS);
  }

  /** In a sentence, for `health`; null where there is nothing to say. */
  get reach(): string | null {
    const { entries, fault } = this.#index.reach();
    const oldest = this.#id('oldest');
    if (this.isComplete) return fault;
    const since = oldest === null ? 'none yet' : `those since ${timeIn(oldest)}`;
    return `The index of checkouts by commit is being filled: it has ${entries}, ${since}.`;
  }

  /** Checkouts that are known to have such a commit. */
  find({ hashes, prefix }: Commits): readonly string[] {
    if (hashes === undefined) return this.#index.startingWith('commit', prefix, MAX_CHECKOUTS).map(({ key }) => key);
    const found = this.#index.find('commit', hashes, '', MAX_CHECKOUTS);
    return [...found.values()].flat().map(({ key }) => key);
  }

  /** Learns checkouts that have come since. */
  async forward(call: Call): Promise<void> {
    const start = Date.now();
    const newest = this.newest ?? (await this.#client.edge(-1, call));
    if (newest === null) return;
    let last = newest;
    let range: object = { $gte: idAt(msOf(newest) - LATE_MS) };
    for (;;) {
      const read = await this.#read(range, 1, call);
      if (read.last !== null && read.last > last) last = read.last;
      if (!read.isCut || read.last === null) break;
      range = { $gt: toObjectId(read.last) };
    }
    const passed = idAt(start - LATE_MS).toHexString();
    if (passed > last) last = passed;
    this.#index.setProgress('newest', last);
  }

  /** Learns checkouts of the next older range of ids. */
  async backward(call: Call): Promise<void> {
    this.#first ??= await this.#client.edge(1, call);
    const first = this.#first;
    const known = this.#id('oldest');
    const from = known ?? this.newest;
    if (first === null || from === null) return;
    const low = idAt(msOf(from) - this.#windowMs);
    const end = toObjectId(from);
    const start = performance.now();
    try {
      const read = await this.#read({ $gte: low, ...(known === null ? { $lte: end } : { $lt: end }) }, -1, call);
      if (performance.now() - start < SLOW_MS) this.#windowMs = Math.min(2 * this.#windowMs, LAST_WINDOW_MS);
      const reached = read.isCut && read.last !== null ? read.last : low.toHexString();
      this.#index.setProgress('oldest', reached);
      if (reached <= first) this.#index.setProgress('isComplete', true);
    } catch (error) {
      this.#windowMs = Math.max(this.#windowMs / 4, LEAST_WINDOW_MS);
      throw error;
    }
  }

  async #read(range: object, order: 1 | -1, call: Call) {
    const filter = { $and: [NODES_OF.checkout, { _id: range }] };
    const query = { projection: projectionOf('checkout', NO_FIELDS), sort: { _id: order }, limit: PAGE };
    const read = await this.#client.find(filter, { ...query, hint: { _id: 1 } }, call);
    await this.#index.put(read.nodes.flatMap((node) => entryOf(node) ?? []));
    return read;
  }

  #id(name: string): string | null {
    const value = this.#index.progress(name);
    return typeof value === 'string' && isId(value) ? value : null;
  }
}

function entryOf({ id, entity, created, revision }: MaestroNode): IndexEntry<null> | null {
  if (entity !== 'checkout') return null;
  const commit = textOf(revision?.commit)?.toLowerCase();
  return { key: id, names: { commit: commit === undefined ? [] : [commit] }, time: created, record: null };
}

function timeIn(id: string): string {
  return new Date(msOf(id)).toISOString().slice(0, 10);
}
