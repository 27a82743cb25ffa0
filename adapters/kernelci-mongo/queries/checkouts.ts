import type { Document } from 'bson';
import {
  type AdapterEnv,
  type Call,
  type Checkout,
  type CheckoutFilter,
  type Found,
  onlyAsked,
  type Page,
  type PageItem,
  type PageQuery,
  type Place,
} from '../../kit/author.ts';
import { BoundedCache, type MaxAge, maxAgeOf } from '../../kit/cache.ts';
import { idOf, isId, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { commitOf } from '../ids.ts';
import { JOB_PROJECTION, jobRecordOf, ofRevisions, type Revision } from '../revision.ts';
import { CHECKOUT_FIELDS_OF_BUILD, translateCheckout } from '../translate-checkout.ts';
import { childPage } from './paging.ts';
import { type LegacySource, warnOfFilling } from './source.ts';

/** The maximum number of commits of one read: each has a few hundred builds, of which it finds the first. */
export const MAX_COMMITS = 50;

/** A checkout is a commit, as in the system's own reports. */
export class CheckoutQueries {
  readonly #source: LegacySource;
  readonly #reader: CheckoutReader;
  readonly #list: CheckoutList;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new CheckoutReader(source);
    this.#list = new CheckoutList(source);
  }

  async getMany(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Checkout>>> {
    const { checkouts, isFilling } = await this.#find(
      ids.flatMap((id) => this.#source.ids.commitOf(id) ?? []),
      call,
    );
    if (isFilling) warnOfFilling(call);
    const found = new Map<string, Found<Checkout>>();
    for (const id of ids) {
      const object = checkouts.get(this.#source.ids.commitOf(id) ?? '');
      if (object !== undefined) found.set(id, { object, time: object.startTime });
    }
    return found;
  }

  /** The system never built patch sets: a key that names one has no checkouts. */
  async ofRevisions(
    parents: readonly string[],
    query: PageQuery<'checkout'>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Checkout>>> {
    const { ids } = this.#source;
    const commitOf = (key: string) => ids.commitOf(ids.checkout(key.toLowerCase()));
    const { checkouts, isFilling } = await this.#find(
      parents.flatMap((key) => commitOf(key) ?? []),
      call,
    );
    if (isFilling) warnOfFilling(call);
    const pages = new Map<string, Page<Checkout>>();
    for (const key of parents) {
      const commit = commitOf(key);
      if (commit === null) continue;
      const object = checkouts.get(commit);
      const children = object === undefined ? [] : [{ object, time: object.startTime, tie: object.id }];
      const { rows, hasMore } = childPage(children, query);
      const pending = object === undefined && isFilling;
      pages.set(key, { items: rows, hasMore: hasMore || pending, ...(pending && { pending: true as const }) });
    }
    return pages;
  }

  async list(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    if (!(await this.#source.revisions.areKnown(call, this.#list.isMissing(query.where)))) {
      warnOfFilling(call);
      return { items: [], hasMore: true, pending: true };
    }
    return await this.#source.client.read(call, async (statements) => {
      const { rows, hasMore } = await this.#list.page(query, statements, call);
      const commits = rows.map(({ commit }) => commit);
      const checkouts = await this.#reader.of(commits, (work) => work(statements), call);
      const items = rows.flatMap(({ commit, mark }): PageItem<Checkout>[] => {
        const object = checkouts.get(commit);
        return object === undefined ? [] : [{ object, time: object.startTime, tie: object.id, mark }];
      });
      return { items, hasMore };
    });
  }

  async #find(
    wanted: readonly string[],
    call: Call,
  ): Promise<{ readonly checkouts: ReadonlyMap<string, Checkout>; readonly isFilling: boolean }> {
    const { revisions, client } = this.#source;
    const commits = [...new Set(wanted)];
    const isUnknown = (commit: string) => revisions.revisionsOf(commit).length === 0;
    const isFilling = !(await revisions.areKnown(call, commits.some(isUnknown))) && commits.some(isUnknown);
    const known = commits.filter((commit) => !isUnknown(commit));
    const checkouts = new Map<string, Checkout>();
    for (let from = 0; from < known.length; from += MAX_COMMITS) {
      const some = known.slice(from, from + MAX_COMMITS);
      const translated = await this.#reader.of(some, (work) => client.read(call, work), call);
      for (const [commit, object] of translated) checkouts.set(commit, object);
    }
    return { checkouts, isFilling };
  }
}

/** Extra rows, for jobs whose commit is listed at another job. */
const SPARE_JOBS = 10;
const MAX_READS = 50;
const MAX_WITH_PREFIX = 1000;

/** A commit at the place of the first job that has it; `mark` is the `_id` of that job. */
interface CommitRow {
  readonly commit: string;
  readonly mark: string;
}
interface CommitRows {
  readonly rows: readonly CommitRow[];
  readonly hasMore: boolean;
}
type CheckoutQuery = PageQuery<'checkout'>;

/** Lists commits in the order of the `_id` of their first job, which never changes and has an index. */
class CheckoutList {
  readonly #source: LegacySource;

  constructor(source: LegacySource) {
    this.#source = source;
  }

  async page(query: CheckoutQuery, statements: Statements, call: Call): Promise<CommitRows> {
    const chosen = this.#chosen(query.where);
    return chosen === null ? await this.#walk(query, statements, call) : this.#among(chosen, query);
  }

  /** Whether the filter names commits that the index lacks. */
  isMissing(where: CheckoutFilter | null): boolean {
    const chosen = this.#chosen(where);
    return chosen !== null && this.#source.revisions.jobsOf(chosen).size < Math.max(1, chosen.length);
  }

  /** The commits that the filter selects, or null for all. */
  #chosen(where: CheckoutFilter | null): readonly string[] | null {
    if (where?.id === undefined && where?.gitCommitHash === undefined) return null;
    const { ids, revisions } = this.#source;
    const { in: hashes, prefix } = where.gitCommitHash ?? {};
    const sets: (readonly string[])[] = [];
    if (where.id !== undefined) sets.push(where.id.in.flatMap((id) => ids.commitOf(id) ?? []));
    if (hashes !== undefined) sets.push(hashes.map((hash) => hash.toLowerCase()));
    const [first = revisions.commitsWith(prefix?.toLowerCase() ?? '', MAX_WITH_PREFIX), ...others] = sets;
    const begins = (commit: string) => prefix === undefined || commit.startsWith(prefix.toLowerCase());
    return [...new Set(first)].filter((commit) => begins(commit) && others.every((other) => other.includes(commit)));
  }

  #among(commits: readonly string[], { order, first, after }: CheckoutQuery): CommitRows {
    const jobs = this.#source.revisions.jobsOf(commits);
    const rows = [...jobs].flatMap(([commit, [job]]) => (job === undefined ? [] : [{ commit, mark: job.hex }]));
    const from = this.#markOf(after);
    const isBehind = ({ mark }: CommitRow) => from === null || (order === 'OLDEST' ? mark > from : mark < from);
    const sorted = rows
      .filter(isBehind)
      .toSorted((one, other) => (one.mark < other.mark === (order === 'OLDEST') ? -1 : 1));
    return { rows: sorted.slice(0, first), hasMore: sorted.length > first };
  }

  async #walk({ order, first, after }: CheckoutQuery, statements: Statements, call: Call): Promise<CommitRows> {
    const isOldest = order === 'OLDEST';
    const rows: CommitRow[] = [];
    let from = this.#markOf(after) ?? (isOldest ? '0' : 'f').repeat(24);
    for (let round = 0; round < MAX_READS; round++) {
      const bound = { _id: isOldest ? { $gt: toObjectId(from) } : { $lt: toObjectId(from) } };
      const limit = first + 1 - rows.length + SPARE_JOBS;
      const query = { projection: JOB_PROJECTION, sort: { _id: isOldest ? (1 as const) : (-1 as const) }, limit };
      const { documents, isCut } = await statements.find('job', bound, query);
      const jobs = documents.flatMap((document) => jobRecordOf(document, call) ?? []);
      await this.#source.revisions.recordJobs(jobs);
      const known = this.#source.revisions.jobsOf(jobs.flatMap(({ commit }) => commit ?? []));
      for (const { hex, commit } of jobs) {
        if (commit !== null && known.get(commit)?.[0]?.hex === hex) rows.push({ commit, mark: hex });
      }
      if (!isCut || rows.length > first) return { rows: rows.slice(0, first), hasMore: rows.length > first };
      from = String(documents.at(-1)?._id ?? from);
    }
    return { rows: rows.slice(0, first), hasMore: true };
  }

  /** The start of a page: the mark, else the first job of the commit in the index. */
  #markOf(after: Place | null): string | null {
    if (after === null) return null;
    if (isId(after.mark ?? '')) return after.mark ?? null;
    const commit = this.#source.ids.commitOf(after.tie);
    return commit === null ? null : (this.#source.revisions.jobsOf([commit]).get(commit)?.[0]?.hex ?? null);
  }
}

/** Reads checkouts: the jobs of commits from the index, and their first builds. */
class CheckoutReader {
  readonly #source: LegacySource;
  readonly #firstBuilds: FirstBuilds;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#firstBuilds = new FirstBuilds(source);
  }

  /** The checkouts that exist. Needs no statement if their first builds are cached. */
  async of(commits: readonly string[], read: ReadStatements, call: Call): Promise<ReadonlyMap<string, Checkout>> {
    const { revisions, ids, offline } = this.#source;
    const wanted = new Map(commits.map((commit) => [commit, revisions.revisionsOf(commit)]));
    // The index on disk has the jobs, but no builds.
    const first = offline
      ? new Map<string, Document>()
      : await this.#firstBuilds.of(wanted, read, this.#readJobs, call);
    const jobs = revisions.jobsOf(commits);
    const checkouts = new Map<string, Checkout>();
    for (const commit of commits) {
      const parts = { commit, jobs: jobs.get(commit) ?? [], firstBuild: first.get(commit) ?? null };
      if (parts.jobs.length === 0 && parts.firstBuild === null) continue;
      checkouts.set(commit, onlyAsked<'checkout'>(translateCheckout(parts, ids), call.fields));
    }
    return checkouts;
  }

  /** Finds the jobs by the index and reads their current content. */
  readonly #readJobs = async (commits: readonly string[], statements: Statements): Promise<void> => {
    const { revisions } = this.#source;
    const hexes = [...revisions.jobsOf(commits).values()].flat().map(({ hex }) => toObjectId(hex));
    if (hexes.length === 0) return;
    const query = { projection: JOB_PROJECTION, limit: hexes.length };
    const { documents } = await statements.find('job', { _id: { $in: hexes } }, query);
    // The sweep has already warned of invalid jobs.
    await revisions.recordJobs(documents.flatMap((document) => jobRecordOf(document, { warn: () => {} }) ?? []));
  };
}

/** Runs statements, either within a current read or in a new one. */
export type ReadStatements = <T>(work: (statements: Statements) => Promise<T>) => Promise<T>;

const PROJECTION = Object.fromEntries(['_id', ...CHECKOUT_FIELDS_OF_BUILD].map((name) => [name, 1 as const]));
const MAX_BUILDS = 50_000;
/** Long enough to read a build once for a request that asks level by level. */
const CACHE_MS = 5_000;

interface CachedBuild {
  readonly document: Document;
  /** When it was read, on the monotonic clock. */
  readonly at: number;
}

/** The first imported build of each commit. The system's own reports describe a checkout by it. */
class FirstBuilds {
  readonly #maxAge: MaxAge;
  readonly #cache = new BoundedCache<CachedBuild>({
    maxEntries: 20_000,
    maxBytes: 16 * 1024 * 1024,
    sizeOf: () => 800,
    ttl: CACHE_MS,
  });

  constructor(env: Pick<AdapterEnv, 'cacheTtl' | 'offline'>) {
    this.#maxAge = maxAgeOf(CACHE_MS, env);
  }

  /**
   * Uses one statement for all commits, by the index (git_branch, job, kernel).
   * @param alongside reads more about the commits whose builds are not cached, within the same read
   */
  async of(
    wanted: ReadonlyMap<string, readonly Revision[]>,
    read: ReadStatements,
    alongside: (commits: readonly string[], statements: Statements) => Promise<void>,
    call: Call,
  ): Promise<ReadonlyMap<string, Document>> {
    const limit = this.#maxAge(call);
    const found = new Map<string, Document>();
    const unknown: string[] = [];
    for (const [commit, revisions] of wanted) {
      const cached = this.#cache.get(commit);
      const age = cached === undefined ? limit : performance.now() - cached.at;
      if (cached !== undefined && age < limit) {
        found.set(commit, cached.document);
        call.kept?.(age);
      } else if (revisions.length > 0) unknown.push(commit);
    }
    if (unknown.length === 0) return found;
    const revisions = unknown.flatMap((commit) => wanted.get(commit) ?? []);
    const filter = { $and: [ofRevisions(revisions), { git_commit: { $in: unknown } }] };
    const query = { projection: PROJECTION, limit: MAX_BUILDS };
    const at = performance.now();
    const { documents } = await read(async (statements) => {
      await alongside(unknown, statements);
      return await statements.find('build', filter, query);
    });
    for (const document of documents) {
      const commit = commitOf(document.git_commit);
      if (commit === null) continue;
      const known = found.get(commit);
      if (known === undefined || isBefore(document, known)) found.set(commit, document);
    }
    for (const commit of unknown) {
      const first = found.get(commit);
      if (first !== undefined) this.#cache.set(commit, { document: first, at });
    }
    return found;
  }
}

function isBefore(one: Document, other: Document): boolean {
  const [left, right] = [timeIn(one), timeIn(other)];
  return left === right ? (idOf(one._id) ?? '') < (idOf(other._id) ?? '') : left < right;
}

function timeIn({ created_on }: Document): number {
  const time = created_on instanceof Date ? created_on.getTime() : Number.NaN;
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
