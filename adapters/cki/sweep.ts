import { setTimeout as delay } from 'node:timers/promises';
import { type AdapterEnv, type Call, type Json, SourceError } from '../kit/author.ts';
import { SingleFlight } from '../kit/single-flight.ts';
import type { CkiClient, RowsPage } from './client.ts';
import type { CkiOptions } from './options.ts';
import { keyOf, type Learnt, NOTHING_READ, nameless, type Progress, progressOf } from './record-store.ts';

const PROGRESS = 'sweep';
/** Rows that two pages have in common: where none is known again, rows were taken out and some were passed over. */
const OVERLAP = 2;
/** Pages of fewer rows have none in common: they would hardly get on. */
const LEAST_OVERLAPPING = 10;
/** New checkouts are read by so many pages at most before the walk goes on. */
const MAX_NEW_PAGES = 20;
const AFTER_FAULT_MS = 1_000;
const CALL_MS = 60_000;
const READY_MARGIN_MS = 500;

/** Reads all checkouts into the index in the background, the newest first, and then looks for new ones. */
export class Sweep {
  readonly #options: CkiOptions;
  readonly #env: AdapterEnv;
  readonly #client: CkiClient;
  readonly #learnt: Learnt;
  readonly #begun = Promise.withResolvers<void>();
  #progress: Progress = NOTHING_READ;
  #fault: SourceError | null = null;
  #leftOut: SourceError | null = null;
  /** When new checkouts were looked for last, on the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #looks = new SingleFlight();

  constructor(options: CkiOptions, env: AdapterEnv, client: CkiClient, learnt: Learnt) {
    this.#options = options;
    this.#env = env;
    this.#client = client;
    this.#learnt = learnt;
  }

  /** All checkouts are in the index, or as many as it holds. */
  get isWhole(): boolean {
    return this.#progress.isWhole;
  }

  /** The source answered when it was asked last, which is not long ago. */
  get isWell(): boolean {
    return Number.isFinite(this.#lookedAt) && this.#fault === null;
  }

  /** Why nothing at all is known; null where something is, or nothing has failed. */
  get outage(): SourceError | null {
    return this.isWhole || this.#learnt.reach().entries > 0 ? null : this.#fault;
  }

  /** Why what is known has not been looked through again since; null where it has. */
  get fault(): SourceError | null {
    return this.#fault;
  }

  /** Of the rows that are no checkouts the one met last; null where there were none since the walk began. */
  get leftOut(): SourceError | null {
    return this.#leftOut;
  }

  /** How far the index reaches, as a sentence. */
  get detail(): string {
    const { entries, fault } = this.#learnt.reach();
    const reach = `The index by commit holds ${entries} checkouts${this.isWhole ? '.' : ', and more are being read.'}`;
    const stopped = this.#fault === null ? [] : [`Reading them failed last: ${this.#fault.message}`];
    return [reach, ...stopped, ...(fault === null ? [] : [fault])].join(' ');
  }

  start(): void {
    this.#progress = progressOf(this.#learnt.checkouts.progress(PROGRESS));
    if (this.#env.offline === true || this.#learnt.reach().entries > 0) this.#begun.resolve();
    if (this.#env.offline !== true) this.#env.background((call) => this.#run(call));
  }

  /** Waits until anything is known at all: with an empty index, for the newest checkouts. */
  async begun({ signal, deadline }: Call): Promise<void> {
    const patience = deadline - Date.now() - READY_MARGIN_MS;
    if (patience <= 0) return;
    const waiting = new AbortController();
    const end = AbortSignal.any([signal, waiting.signal]);
    const timer = delay(patience, undefined, { signal: end, ref: false }).catch(() => undefined);
    await Promise.race([this.#begun.promise, timer]);
    waiting.abort();
  }

  /** Milliseconds since new checkouts were looked for. */
  get age(): number {
    return performance.now() - this.#lookedAt;
  }

  /**
   * Looks for new checkouts now, unless that was done less than so many milliseconds ago; all that ask at once share it.
   * While reading fails in the background, it is not tried here.
   * @throws {SourceError} why the newest checkouts are not known
   */
  async look(maxAge: number, call: Call): Promise<void> {
    if (this.#env.offline === true || this.age <= maxAge) return;
    if (this.#fault !== null) throw this.#fault;
    await this.#looks.join('new', call, (shared) => this.#newest((offset) => this.#rows(offset, shared)));
  }

  async #run(call: Call): Promise<void> {
    const { signal } = call;
    let lookedAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      try {
        if (performance.now() - lookedAt >= this.#options.refresh) {
          await this.#readNew(call);
          lookedAt = performance.now();
        } else if (this.#progress.offset !== null) await this.#readOn(this.#progress.offset, call);
        else {
          const next = lookedAt + this.#options.refresh - performance.now();
          await delay(Math.max(1, next), undefined, { signal, ref: false }).catch(() => undefined);
        }
        this.#fault = null;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (signal.aborted) return;
        this.#fault = error;
        // Whoever waits for the first rows would wait in vain.
        this.#begun.resolve();
        const pause = error.code === 'SOURCE_BAD_DATA' ? this.#options.refresh : AFTER_FAULT_MS;
        await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** The newest rows, until one that is known comes. */
  async #readNew(call: Call): Promise<void> {
    const { begun, offset } = this.#progress;
    const isOver = offset === null && Date.now() - begun >= this.#options.resweep;
    if (isOver || begun === 0) {
      this.#setProgress({ ...this.#progress, offset: 0, begun: Date.now() });
      this.#leftOut = null;
    }
    const { count, isEnd } = await this.#newest((from) => this.#page(from, call));
    this.#begun.resolve();
    // A walk that begins anew has these behind it.
    if (this.#progress.offset === 0) this.#goOn(count, isEnd);
  }

  /** Puts them in front. */
  async #newest(read: (offset: number) => Promise<RowsPage>): Promise<{ count: number; isEnd: boolean }> {
    const asked = performance.now();
    const wasEmpty = this.#learnt.reach().entries === 0;
    const rows: (Json | null)[] = [];
    let isEnd = false;
    for (let pages = 0; pages < MAX_NEW_PAGES; pages++) {
      const page = await read(rows.length);
      rows.push(...page.rows);
      isEnd = page.isLast;
      if (this.#known(page) > 0 || wasEmpty || page.isLast) break;
    }
    // The newest stand first, whenever they were learnt.
    if (wasEmpty) await this.#learnt.keep('checkout', rows);
    else await this.#learnt.keep('checkout', rows.reverse(), { front: true });
    this.#lookedAt = asked;
    return { count: rows.length, isEnd };
  }

  async #readOn(offset: number, call: Call): Promise<void> {
    const overlap = this.#client.pageSize('checkouts') < LEAST_OVERLAPPING ? 0 : Math.min(offset, OVERLAP);
    const from = offset - overlap;
    const page = await this.#page(from, call);
    const seam = page.rows.slice(0, overlap);
    if (seam.length > 0 && this.#known({ rows: seam }) === 0) {
      this.#setProgress({ ...this.#progress, offset: Math.max(0, offset - this.#client.pageSize('checkouts')) });
      await this.#learnt.keep('checkout', page.rows);
      return;
    }
    await this.#learnt.keep('checkout', page.rows);
    this.#goOn(from + page.rows.length, page.isLast);
  }

  #goOn(offset: number, isEnd: boolean): void {
    if (!isEnd && offset < this.#options.maxCheckouts) this.#setProgress({ ...this.#progress, offset });
    else {
      if (isEnd) this.#forgetUnseen();
      this.#setProgress({ ...this.#progress, offset: null, isWhole: true });
    }
  }

  /** What the whole list did not show again is no longer there, or no longer for us. */
  #forgetUnseen(): void {
    const { checkouts } = this.#learnt;
    for (let left = Number.POSITIVE_INFINITY; ; ) {
      const unseen = checkouts.putBefore(this.#progress.begun, 100, 'checkout');
      const keys = unseen.map(({ key }) => key);
      // A disk that takes nothing takes nothing out either.
      if (keys.length === 0 || checkouts.count('checkout') >= left) return;
      left = checkouts.count('checkout');
      checkouts.remove(keys, 'checkout');
    }
  }

  async #page(offset: number, call: Call): Promise<RowsPage> {
    return await this.#rows(offset, { ...call, deadline: Date.now() + CALL_MS });
  }

  async #rows(offset: number, call: Call): Promise<RowsPage> {
    const page = await this.#client.rows('checkouts', null, offset, call);
    if (page === null) return { rows: [], isLast: true, isCapped: false };
    this.#leftOut = nameless('checkout', page.rows) ?? this.#leftOut;
    return page;
  }

  #known({ rows }: { readonly rows: readonly (Json | null)[] }): number {
    const keys = rows.map((raw) => keyOf('checkout', raw)).filter((key) => key !== null);
    return this.#learnt.checkouts.get(keys, 'checkout').size;
  }

  #setProgress(progress: Progress): void {
    this.#progress = progress;
    this.#learnt.checkouts.setProgress(PROGRESS, { ...progress });
  }
}
