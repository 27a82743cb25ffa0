import { setTimeout as delay } from 'node:timers/promises';
import type { Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import type { AdapterEnv, Call } from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import type { HashFilter } from '../contract/filter.ts';
import { BackgroundIndex, type IndexEntry } from '../kit/background-index.ts';
import { idAt, isId, msOf, textOf, toObjectId } from '../kit/mongo/documents.ts';
import type { NodeClient, StatsCache } from './client.ts';
import { type MaestroNode, NODES_OF } from './node.ts';
import { projectionOf } from './projections.ts';

/** The version of the entries; increase it when they change. */
const VERSION = 1;
const MAX_ENTRIES = 2_000_000;
const MAX_BYTES = 1024 * 1024 * 1024;
const PAGE = 1_000;
/** The longest time between the creation of an id and the write of its node. */
const LATE_MS = 120_000;
const DAY_MS = 86_400_000;
const FIRST_WINDOW_MS = 7 * DAY_MS;
const MIN_WINDOW_MS = 60_000;
const MAX_WINDOW_MS = 3650 * DAY_MS;
/** After a read that takes longer, the range does not grow. */
const SLOW_MS = 2_000;
/** The maximum number of checkouts of one query. */
const MAX_CHECKOUTS = 5_000;

const NO_FIELDS: ReadonlySet<string> = new Set();

/**
 * The checkouts of each commit. No index of the database is guaranteed to exist, so a sweep over `_id`, newest first,
 * fills this one. Each step reads a bounded range of ids.
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

  /** Whether the sweep has reached the oldest node. */
  get isComplete(): boolean {
    return this.#index.progress('isComplete') === true;
  }

  /** Whether all checkouts since a time are known. */
  reachesBack(time: number): boolean {
    const oldest = this.#id('oldest');
    return this.isComplete || (oldest !== null && msOf(oldest) <= time);
  }

  /** The id up to which all checkouts are known; null before the sweep begins. */
  get newest(): string | null {
    return this.#id('newest');
  }

  /** The id from which on the index can lack checkouts. */
  get unknownFrom(): ObjectId {
    const { newest } = this;
    return idAt(newest === null ? Date.now() - LATE_MS : msOf(newest) - LATE_MS);
  }

  /** A sentence for `health`, or null. */
  get reach(): string | null {
    const { entries, fault } = this.#index.reach();
    const oldest = this.#id('oldest');
    if (this.isComplete) return fault;
    const since = oldest === null ? 'none yet' : `those since ${timeIn(oldest)}`;
    return `The index of checkouts by commit is being filled: it has ${entries}, ${since}.`;
  }

  /** The known checkouts of these commits. */
  find({ hashes, prefix }: Commits): readonly string[] {
    if (hashes === undefined) return this.#index.startingWith('commit', prefix, MAX_CHECKOUTS).map(({ key }) => key);
    const found = this.#index.find('commit', hashes, '', MAX_CHECKOUTS);
    return [...found.values()].flat().map(({ key }) => key);
  }

  /** Adds the checkouts that are newer than the index. */
  async readNewer(call: Call): Promise<void> {
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

  /** Adds the checkouts of the next older range of ids. */
  async readOlder(call: Call): Promise<void> {
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
      if (performance.now() - start < SLOW_MS) this.#windowMs = Math.min(2 * this.#windowMs, MAX_WINDOW_MS);
      const reached = read.isCut && read.last !== null ? read.last : low.toHexString();
      this.#index.setProgress('oldest', reached);
      if (reached <= first) this.#index.setProgress('isComplete', true);
    } catch (error) {
      this.#windowMs = Math.max(this.#windowMs / 4, MIN_WINDOW_MS);
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

/** The interval between looks for new checkouts. Queries by commit read newer checkouts themselves. */
const POLL_MS = 10_000;
const STATS_INTERVAL_MS = 300_000;
const READ_MS = 30_000;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/** Fills the index of checkouts in the background until its call's signal aborts. */
export async function sweep(
  index: CheckoutIndex,
  stats: StatsCache,
  { log, source }: Pick<AdapterEnv, 'log' | 'source'>,
  background: Call,
): Promise<void> {
  const { signal } = background;
  const call = (): Call => ({
    ...background,
    signal: AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]),
    deadline: Date.now() + READ_MS,
  });
  let refreshedAt = 0;
  let backoff = FIRST_BACKOFF_MS;
  while (!signal.aborted) {
    let pause = POLL_MS;
    const start = performance.now();
    try {
      if (Date.now() - refreshedAt > STATS_INTERVAL_MS) {
        await stats.refresh(call());
        refreshedAt = Date.now();
      }
      const { isSmall } = await stats.get(call());
      if (!isSmall) {
        if (index.isComplete || index.newest === null) await index.readNewer(call());
        if (!index.isComplete) await index.readOlder(call());
        // While the index fills, the sweep leaves half of the time to client requests.
        if (!index.isComplete) pause = Math.min(performance.now() - start, MAX_BACKOFF_MS);
      }
      backoff = FIRST_BACKOFF_MS;
    } catch (err) {
      if (signal.aborted) return;
      log.debug({ source, err }, 'The index of checkouts could not be filled further.');
      pause = backoff;
      backoff = Math.min(2 * backoff, MAX_BACKOFF_MS);
    }
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

export interface CommitQuery {
  readonly filter: Filter<Document>;
  /** Checkouts may be missing because the index is incomplete; `call.warn` has been called. */
  readonly isPartial: boolean;
  /** The index of `_id` serves it. */
  readonly isById: boolean;
}

const COMMIT = 'data.kernel_revision.commit';
/** Since then all nodes store their commit in this field. */
const SINCE = Date.UTC(2023, 11, 15);
const CHECK_INTERVAL_MS = 50;
/** A query waits this long for an index that is filling, and at most half of its remaining time. */
const MAX_WAIT_MS = 3_000;

/** Builds the query for the checkouts of commits: one read without a scan. */
export class CheckoutsByCommit {
  readonly #index: CheckoutIndex;
  readonly #stats: StatsCache;

  constructor(index: CheckoutIndex, stats: StatsCache) {
    this.#index = index;
    this.#stats = stats;
  }

  async query(commits: Commits, call: Call): Promise<CommitQuery> {
    const { isSmall, indexed } = await this.#stats.get(call);
    if (isSmall) return { filter: commitCondition(commits), isPartial: false, isById: true };
    if (!this.#index.isComplete && indexed.has(COMMIT)) {
      const known = { _id: { $in: this.#index.find(commits).map(toObjectId) } };
      const named = commitCondition(commits, [COMMIT]);
      if (!this.#index.reachesBack(SINCE)) call.warn(stillFilling('from before December 2023 '));
      return { filter: { $or: [known, named] }, isPartial: false, isById: false };
    }
    await this.#waitUntilComplete(call);
    const ids = this.#index.find(commits);
    const isPartial = !this.#index.isComplete;
    if (isPartial) call.warn(stillFilling());
    else if (ids.length >= MAX_CHECKOUTS) call.warn(tooManyCheckouts());
    const known = { _id: { $in: ids.map(toObjectId) } };
    const sinceThen = { _id: { $gte: this.#index.unknownFrom }, ...commitCondition(commits) };
    return { filter: { $or: [known, sinceThen] }, isPartial, isById: true };
  }

  async #waitUntilComplete({ deadline, signal }: Call): Promise<void> {
    const until = Date.now() + Math.min(MAX_WAIT_MS, (deadline - Date.now()) / 2);
    while (!this.#index.isComplete && Date.now() < until && !signal.aborted) {
      await delay(CHECK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function stillFilling(which = ''): SourceError {
  const message = `The index of checkouts by commit is still being filled: older checkouts ${which}may be missing.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}

function tooManyCheckouts(): SourceError {
  const message = `More than ${MAX_CHECKOUTS} checkouts fit the commits that were asked for: not all of them are given.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}

/** The fields in which nodes store their commit; the second one until December 2023. */
const COMMIT_FIELDS = ['data.kernel_revision.commit', 'revision.commit'] as const;

/** Requested commits: full hashes, or a prefix. */
export type Commits =
  | { readonly hashes: readonly string[]; readonly prefix?: never }
  | { readonly prefix: string; readonly hashes?: never };

/** The commits that a filter selects, or null if it can match nothing. */
export function commitsOf(filter: HashFilter): Commits | null {
  const prefix = filter.prefix?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{0,40}$/.test(prefix)) return null;
  if (filter.in === undefined) return { prefix };
  const hashes = wholeHashes(filter.in).filter((hash) => hash.startsWith(prefix));
  return hashes.length === 0 ? null : { hashes };
}

/** The valid full hashes, in lower case, without duplicates. */
export function wholeHashes(hashes: readonly string[]): readonly string[] {
  const lower = hashes.map((hash) => hash.toLowerCase()).filter((hash) => /^[0-9a-f]{40}$/.test(hash));
  return [...new Set(lower)];
}

/** A condition for nodes with one of these commits. */
function commitCondition({ hashes, prefix }: Commits, fields: readonly string[] = COMMIT_FIELDS): Filter<Document> {
  const condition = hashes === undefined ? { $regex: `^${prefix}` } : { $in: [...hashes] };
  return { $or: fields.map((field) => ({ [field]: condition })) };
}
