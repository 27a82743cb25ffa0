import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from 'bson';
import { type AdapterEnv, type Call, SourceError } from '../../kit/author.ts';
import { isId, toObjectId } from '../../kit/mongo/documents.ts';
import type { LegacyClient } from '../client.ts';
import { type IndexedJob, JOB_PROJECTION, jobRecordOf } from './job-record.ts';

/** How far the collection has been walked, by `_id`. */
export interface Reach {
  readonly newest: string | null;
  readonly oldest: string | null;
  /** The walk down from the newest has come to the end. */
  readonly isWhole: boolean;
}

export interface SweepPlace {
  getReach(): Reach;
  /** Those whose commit was not known yet. */
  pending(): readonly string[];
  learn(jobs: readonly IndexedJob[], reach: Reach): Promise<void>;
}

const STEP = 1000;
const STEP_MS = 30_000;
/** After a failure the next try waits so long, unless a caller asks. */
const PAUSE_MS = [1000, 5000, 30_000] as const;
const AT_LEAST_MS = 250;

/** Walks the collection `job` in the background, the newest first, and looks for new ones from then on. */
export class JobSweep {
  readonly #client: LegacyClient;
  readonly #place: SweepPlace;
  readonly #env: Pick<AdapterEnv, 'log' | 'source'>;
  readonly #refresh: number;
  #ended = Promise.withResolvers<SourceError | null>();
  #wake = Promise.withResolvers<void>();
  #failures = 0;
  /** When the last whole round began, on the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(client: LegacyClient, place: SweepPlace, env: Pick<AdapterEnv, 'log' | 'source'>, refresh: number) {
    this.#client = client;
    this.#place = place;
    this.#env = env;
    this.#refresh = refresh;
  }

  /** Milliseconds since new jobs were looked for. */
  get age(): number {
    return performance.now() - this.#lookedAt;
  }

  /** Of the round under way: null once the walk is whole, or why it cannot go on; a round that rests begins now. */
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
      await this.#rest(fault, signal);
    }
    this.#ended.resolve(new SourceError('SOURCE_UNAVAILABLE', 'The source has stopped.'));
  }

  async #rest(fault: SourceError | null, signal: AbortSignal): Promise<void> {
    const pause = fault === null ? this.#refresh : (PAUSE_MS[this.#failures - 1] ?? PAUSE_MS.at(-1));
    const asked = this.#wake.promise.then(() => delay(AT_LEAST_MS, undefined, { signal }));
    const ending = new AbortController();
    const all = AbortSignal.any([signal, ending.signal]);
    await Promise.race([delay(pause, undefined, { signal: all, ref: false }), asked]).catch(() => undefined);
    ending.abort();
  }

  async #round(call: Call): Promise<void> {
    while (!this.#place.getReach().isWhole) await this.#down(call);
    while (await this.#up(call));
    await this.#again(call);
  }

  async #down(call: Call): Promise<void> {
    const { newest, oldest } = this.#place.getReach();
    const filter = { _id: { $lt: toObjectId(oldest ?? 'f'.repeat(24)) } };
    const { documents, isCut } = await this.#jobs(filter, -1, call);
    const ids = documents.map(({ _id }) => String(_id)).filter(isId);
    const reach = {
      newest: newest ?? ids[0] ?? null,
      oldest: ids.at(-1) ?? oldest,
      isWhole: !isCut || ids.length === 0,
    };
    await this.#place.learn(this.#records(documents), reach);
  }

  async #up(call: Call): Promise<boolean> {
    const reach = this.#place.getReach();
    const filter = { _id: { $gt: toObjectId(reach.newest ?? '0'.repeat(24)) } };
    const { documents, isCut } = await this.#jobs(filter, 1, call);
    const ids = documents.map(({ _id }) => String(_id)).filter(isId);
    const newest = ids.at(-1) ?? reach.newest;
    await this.#place.learn(this.#records(documents), { ...reach, newest });
    return isCut && ids.length > 0;
  }

  async #again(call: Call): Promise<void> {
    const pending = this.#place.pending();
    if (pending.length === 0) return;
    const { documents } = await this.#jobs({ _id: { $in: pending.map(toObjectId) } }, 1, call);
    const known = this.#records(documents).filter(({ commit }) => commit !== null);
    await this.#place.learn(known, this.#place.getReach());
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
