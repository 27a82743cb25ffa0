import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from 'bson';
import { type AdapterEnv, type Call, type Health, type Json, SourceError } from '../kit/author.ts';
import { BackgroundIndex } from '../kit/background-index.ts';
import { MAX_NO_MS, type MaxAge, maxAgeOf } from '../kit/cache.ts';
import { isId, timeOfId, toObjectId } from '../kit/mongo/documents.ts';
import type { LegacyClient } from './client.ts';
import type { LegacyOptions } from './options.ts';
import {
  distinctRevisions,
  type IndexedJob,
  JOB_PROJECTION,
  jobRecordOf,
  type Revision,
  SeenBuilds,
} from './revision.ts';

const NO_REACH: Reach = { newest: null, oldest: null, isWhole: false };
/** The version of the records; increase it when they change. */
const VERSION = 1;
const BYTES_AN_ENTRY = 600;
const MAX_PENDING = 500;
/** A call that waits for the index reserves this time for its own reads. */
const MARGIN_MS = 1000;

/** The revisions of each commit. The database has no index by commit, so a sweep reads the small collection `job`. */
export class RevisionIndex {
  readonly #index: BackgroundIndex<IndexedJob>;
  readonly #sweep: JobSweep;
  readonly #env: Pick<AdapterEnv, 'background' | 'offline'>;
  readonly #maxAge: MaxAge;
  readonly seen = new SeenBuilds();
  #reach: Reach = NO_REACH;
  #stopping: AbortController | null = null;

  constructor(client: LegacyClient, options: LegacyOptions, env: AdapterEnv) {
    const maxEntries = options.maxRevisions;
    const bounds = { maxEntries, maxBytes: maxEntries * BYTES_AN_ENTRY };
    this.#index = new BackgroundIndex({ version: VERSION, name: 'revisions', ...bounds }, env);
    this.#env = env;
    this.#maxAge = maxAgeOf(Number.POSITIVE_INFINITY, env);
    const target = {
      getReach: () => this.#reach,
      pending: () => (this.#index.find('commit', ['']).get('') ?? []).slice(-MAX_PENDING).map(({ key }) => key),
      record: (jobs: readonly IndexedJob[], reach: Reach) => this.#record(jobs, reach),
    };
    this.#sweep = new JobSweep(client, target, env, options.refresh);
  }

  start(): void {
    if (this.#stopping !== null) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#index.open();
    this.#reach = reachOf(this.#index.progress('jobs'));
    if (this.#env.offline === true) return;
    this.#env.background((call) => {
      return this.#sweep.run({ ...call, signal: AbortSignal.any([call.signal, stopping.signal]) });
    });
  }

  stop(): void {
    this.#stopping?.abort();
    this.#stopping = null;
    this.#index.close();
  }

  /**
   * Whether the index has all jobs. Waits until it has, or the call has no more time. If the last look for new jobs is
   * too old, it waits for another.
   * @param isMissing the index lacks a requested commit
   * @throws {SourceError} if the sweep fails
   */
  async areKnown(call: Call, isMissing: boolean): Promise<boolean> {
    const maxAge = Math.min(this.#maxAge(call), isMissing ? MAX_NO_MS : Number.POSITIVE_INFINITY);
    const isNew = () => this.#sweep.age <= maxAge;
    if (this.#stopping === null || this.#env.offline === true) return this.#reach.isWhole;
    const until = call.deadline - MARGIN_MS - Date.now();
    // The index will soon have more: a cached copy of this answer must not hide it.
    if (isMissing) call.kept?.(Number.isFinite(this.#sweep.age) ? this.#sweep.age : 0);
    if ((this.#reach.isWhole && isNew()) || until <= 0) return this.#reach.isWhole;
    const ending = new AbortController();
    const signal = AbortSignal.any([call.signal, ending.signal]);
    try {
      const fault = await Promise.race([this.#sweep.next(), delay(until, null, { signal })]);
      if (fault !== null) throw fault;
      return this.#reach.isWhole;
    } catch (error) {
      if (call.signal.aborted) throw new SourceError('SOURCE_TIMEOUT', 'Nobody waits for the answer any more.');
      throw error;
    } finally {
      ending.abort();
    }
  }

  /** The jobs of each known commit, oldest first. */
  jobsOf(commits: readonly string[]): ReadonlyMap<string, readonly IndexedJob[]> {
    const found = new Map<string, readonly IndexedJob[]>();
    for (const [commit, entries] of this.#index.find('commit', commits)) {
      const jobs = entries.map(({ record }) => record);
      found.set(
        commit,
        jobs.toSorted((one, other) => (one.hex < other.hex ? -1 : 1)),
      );
    }
    return found;
  }

  /** The revisions that can have builds of a commit. */
  revisionsOf(commit: string): readonly Revision[] {
    const jobs = this.jobsOf([commit]).get(commit) ?? [];
    const own = jobs.map(({ job, git_branch, kernel }) => ({ job, git_branch, kernel }));
    return distinctRevisions([...own, ...this.seen.revisionsOf(commit)]);
  }

  /** At most `limit` commits with this prefix. */
  commitsWith(prefix: string, limit: number): readonly string[] {
    const entries = this.#index.startingWith('commit', prefix, limit);
    return [...new Set(entries.flatMap(({ record }) => record.commit ?? []))];
  }

  /** Adds jobs from another read, which can be newer than those of the sweep. */
  async recordJobs(jobs: readonly IndexedJob[]): Promise<void> {
    const known = this.#index.get(jobs.map(({ hex }) => hex));
    const isNews = (job: IndexedJob) => JSON.stringify(known.get(job.hex)?.record) !== JSON.stringify(job);
    const news = jobs.filter((job) => job.commit !== null && isNews(job));
    if (news.length > 0) await this.#put(news);
  }

  recordBuilds(documents: readonly Document[]): void {
    this.seen.builds(documents);
  }

  /** How far the index reaches. */
  get health(): Health {
    const { entries, fault } = this.#index.reach();
    const { isWhole, oldest } = this.#reach;
    const back = oldest === null ? '' : ` down to ${timeOfId(oldest)?.slice(0, 10)}`;
    const reach = isWhole
      ? `All ${entries} revisions are known by commit.`
      : `${entries} revisions are known by commit so far${back}.`;
    return { ok: true, detail: fault === null ? reach : `${reach} ${fault}` };
  }

  async #record(jobs: readonly IndexedJob[], reach: Reach): Promise<void> {
    await this.#put(jobs);
    this.#reach = reach;
    this.#index.setProgress('jobs', { ...reach });
  }

  #put(jobs: readonly IndexedJob[]): Promise<void> {
    return this.#index.put(
      jobs.map((record) => ({
        key: record.hex,
        names: { commit: [record.commit ?? ''] },
        time: record.created,
        record,
      })),
    );
  }
}

function reachOf(value: Json): Reach {
  if (typeof value !== 'object' || value === null || !('isWhole' in value)) return NO_REACH;
  const text = (field: Json | undefined) => (typeof field === 'string' ? field : null);
  return { newest: text(value.newest), oldest: text(value.oldest), isWhole: value.isWhole === true };
}

/** How much of the collection the sweep has read, by `_id`. */
export interface Reach {
  readonly newest: string | null;
  readonly oldest: string | null;
  /** The sweep from the newest job down is complete. */
  readonly isWhole: boolean;
}

export interface SweepTarget {
  getReach(): Reach;
  /** The jobs without a commit so far. */
  pending(): readonly string[];
  record(jobs: readonly IndexedJob[], reach: Reach): Promise<void>;
}

const STEP = 1000;
const STEP_MS = 30_000;
/** The pauses after failures, unless a caller waits. */
const PAUSE_MS = [1000, 5000, 30_000] as const;
const AT_LEAST_MS = 250;

/** Reads the collection `job` in the background, newest first, and then polls it for new jobs. */
class JobSweep {
  readonly #client: LegacyClient;
  readonly #target: SweepTarget;
  readonly #env: Pick<AdapterEnv, 'log' | 'source'>;
  readonly #refresh: number;
  #ended = Promise.withResolvers<SourceError | null>();
  #wake = Promise.withResolvers<void>();
  #failures = 0;
  /** When the last complete round began, on the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(client: LegacyClient, target: SweepTarget, env: Pick<AdapterEnv, 'log' | 'source'>, refresh: number) {
    this.#client = client;
    this.#target = target;
    this.#env = env;
    this.#refresh = refresh;
  }

  /** Milliseconds since the last look for new jobs. */
  get age(): number {
    return performance.now() - this.#lookedAt;
  }

  /** Ends a pause at once. Resolves after the current round: to null, or to the fault that stopped it. */
  next(): Promise<SourceError | null> {
    this.#wake.resolve();
    return this.#ended.promise;
  }

  async run(call: Call): Promise<void> {
    const { signal } = call;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      let fault: SourceError | null = null;
      try {
        const began = performance.now();
        await this.#round(call);
        this.#lookedAt = began;
        this.#failures = 0;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        fault = error;
        this.#failures += 1;
        if (!signal.aborted)
          this.#env.log.debug({ source: this.#env.source, err: error }, 'The walk over the jobs has to wait.');
      }
      const ended = this.#ended;
      this.#ended = Promise.withResolvers();
      ended.resolve(fault);
      await this.#pause(fault, signal);
    }
    this.#ended.resolve(new SourceError('SOURCE_UNAVAILABLE', 'The source has stopped.'));
  }

  async #pause(fault: SourceError | null, signal: AbortSignal): Promise<void> {
    const pause = fault === null ? this.#refresh : (PAUSE_MS[this.#failures - 1] ?? PAUSE_MS.at(-1));
    const asked = this.#wake.promise.then(() => delay(AT_LEAST_MS, undefined, { signal }));
    const ending = new AbortController();
    const all = AbortSignal.any([signal, ending.signal]);
    await Promise.race([delay(pause, undefined, { signal: all, ref: false }), asked]).catch(() => undefined);
    ending.abort();
  }

  async #round(call: Call): Promise<void> {
    while (!this.#target.getReach().isWhole) await this.#readOlder(call);
    while (await this.#readNewer(call));
    await this.#readPending(call);
  }

  async #readOlder(call: Call): Promise<void> {
    const { newest, oldest } = this.#target.getReach();
    const filter = { _id: { $lt: toObjectId(oldest ?? 'f'.repeat(24)) } };
    const { documents, isCut } = await this.#jobs(filter, -1, call);
    const ids = documents.map(({ _id }) => String(_id)).filter(isId);
    const reach = {
      newest: newest ?? ids[0] ?? null,
      oldest: ids.at(-1) ?? oldest,
      isWhole: !isCut || ids.length === 0,
    };
    await this.#target.record(this.#records(documents), reach);
  }

  async #readNewer(call: Call): Promise<boolean> {
    const reach = this.#target.getReach();
    const filter = { _id: { $gt: toObjectId(reach.newest ?? '0'.repeat(24)) } };
    const { documents, isCut } = await this.#jobs(filter, 1, call);
    const ids = documents.map(({ _id }) => String(_id)).filter(isId);
    const newest = ids.at(-1) ?? reach.newest;
    await this.#target.record(this.#records(documents), { ...reach, newest });
    return isCut && ids.length > 0;
  }

  async #readPending(call: Call): Promise<void> {
    const pending = this.#target.pending();
    if (pending.length === 0) return;
    const { documents } = await this.#jobs({ _id: { $in: pending.map(toObjectId) } }, 1, call);
    const known = this.#records(documents).filter(({ commit }) => commit !== null);
    await this.#target.record(known, this.#target.getReach());
  }

  #jobs(filter: Document, direction: 1 | -1, call: Call) {
    const query = { projection: JOB_PROJECTION, sort: { _id: direction }, limit: STEP };
    return this.#client.read({ ...call, deadline: Date.now() + STEP_MS }, (statements) =>
      statements.find('job', filter, query),
    );
  }

  #records(documents: readonly Document[]): readonly IndexedJob[] {
    const warn = (error: SourceError) => this.#env.log.debug({ source: this.#env.source, err: error }, error.message);
    return documents.flatMap((document) => jobRecordOf(document, { warn }) ?? []);
  }
}
