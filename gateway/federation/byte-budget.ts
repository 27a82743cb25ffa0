import type { Call, MemoryShare } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import { answerSize } from './guard/answer-size.ts';

/**
 * What a request holds: its body, a large document that is read as a stream, rows that it read of sources, an answer that
 * the client has not taken yet.
 */
export type ByteKind = 'body' | 'document' | 'rows' | 'answer';

/** Rows become answers: they wait together. */
type Lane = 'body' | 'document' | 'rows';

/** Who waits for bytes, and for how long. */
export interface ByteWait {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

interface Waiter {
  readonly share: ByteShare;
  readonly kind: ByteKind;
  readonly bytes: number;
  readonly since: number;
  readonly settle: (error: ByteBudgetError | null) => void;
}

/** These take no more than this part of the budget, so that each goes on while there is much of the others. */
const PARTS: Readonly<Record<ByteKind, number>> = { body: 0.25, document: 0.5, rows: 1, answer: 1 };
/** Milliseconds after which a request that waits makes slow readers give up their answers. */
const SHED_AFTER = 500;
/** Looks in a row, so far apart, at which nothing has become free, after which one of those that wait ends. */
const MOST_IDLE_LOOKS = 2;
/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;
/** Milliseconds that a client has in any case to take its answer. */
const LEAST_TO_READ = 2_000;
/** Milliseconds before a deadline at which waiting ends, so that there is time to say so. */
const BEFORE_DEADLINE = 250;

/** There is no memory for a request. The message is a whole sentence for the client. */
export class ByteBudgetError extends Error {
  /** More than the whole budget: to ask again is of no use. */
  readonly isTooLarge: boolean;

  constructor(message: string, isTooLarge: boolean) {
    super(message);
    this.name = 'ByteBudgetError';
    this.isTooLarge = isTooLarge;
  }
}

/**
 * The bytes that all requests together hold in memory. A request that needs more waits, oldest first. Where all that is
 * held is held by requests that wait themselves, the one that began last ends, so that the others go on.
 */
export class ByteBudget {
  readonly held: Record<ByteKind, number> = nothing();
  readonly #lanes: Readonly<Record<Lane, Set<Waiter>>> = { body: new Set(), document: new Set(), rows: new Set() };
  /** Those whose answer the client is taking, the one that began first at the front. */
  readonly #answering = new Set<ByteShare>();
  #limit: number;
  #opened = 0;
  #shedding: NodeJS.Timeout | null = null;
  #idleLooks = 0;
  readonly #onBodiesWait: () => void;

  /** @param onBodiesWait called now and then while bodies wait for memory */
  constructor(limit: number, onBodiesWait: () => void = () => {}) {
    this.#limit = limit;
    this.#onBodiesWait = onBodiesWait;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Another limit from now on: what is held stays. */
  set limit(limit: number) {
    this.#limit = limit;
    this.#settle();
  }

  get total(): number {
    return totalOf(this.held);
  }

  /** The share of a new request. It must be released. */
  open(): ByteShare {
    this.#opened += 1;
    return new ByteShare(this, this.#opened);
  }

  /** @returns null where the bytes are there at once */
  take(share: ByteShare, kind: ByteKind, bytes: number, wait: ByteWait): Promise<void> | null {
    if (share.failure !== null) return Promise.reject(share.failure);
    if (share.total + bytes > this.#limit || share.held[kind] + bytes > this.mostOf(kind)) {
      const message = `The request needs more than the ${this.mostOf(kind)} bytes of memory that all requests share (limits.inFlightBytes): ask for less at once.`;
      this.#fail(share, new ByteBudgetError(message, true));
      return Promise.reject(share.failure);
    }
    if (this.#lanes[laneOf(kind)].size === 0 && this.#fits(kind, bytes)) {
      this.add(share, kind, bytes);
      return null;
    }
    return this.#wait(share, kind, bytes, wait);
  }

  /** Counts what is there already, or (where `bytes` is negative) what is gone. */
  add(share: ByteShare, kind: ByteKind, bytes: number): void {
    this.held[kind] += bytes;
    share.held[kind] += bytes;
    if (bytes >= 0) return;
    this.#idleLooks = 0;
    this.#settle();
  }

  answers(share: ByteShare): void {
    this.#answering.add(share);
  }

  release(share: ByteShare): void {
    this.#answering.delete(share);
    share.isReleased = true;
    if (share.total > 0) this.#idleLooks = 0;
    for (const kind of KINDS) {
      this.held[kind] -= share.held[kind];
      share.held[kind] = 0;
    }
    this.#fail(share, share.failure ?? new ByteBudgetError('The request has ended.', false));
  }

  /** What all requests together may hold of a kind. */
  mostOf(kind: ByteKind): number {
    return this.#limit * PARTS[kind];
  }

  #fits(kind: ByteKind, bytes: number): boolean {
    return this.held[kind] + bytes <= this.mostOf(kind) && this.total + bytes <= this.#limit;
  }

  async #wait(share: ByteShare, kind: ByteKind, bytes: number, { signal, deadline }: ByteWait): Promise<void> {
    const lane = this.#lanes[laneOf(kind)];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const since = performance.now();
    const settle = (error: ByteBudgetError | null) => (error === null ? resolve() : reject(error));
    const waiter: Waiter = { share, kind, bytes, since, settle };
    const giveUp = () => this.#fail(share, this.#noRoom());
    const left = deadline - Date.now();
    const timer = setTimeout(giveUp, Math.min(Math.max(0, left - Math.min(BEFORE_DEADLINE, left / 5)), LONGEST_WAIT));
    lane.add(waiter);
    this.#shedding ??= setInterval(() => this.#shed(), SHED_AFTER).unref();
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    this.#settle();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Ends the waits of a request, and all that it asks for from now on. */
  #fail(share: ByteShare, error: ByteBudgetError): void {
    share.failure ??= error;
    for (const lane of Object.values(this.#lanes)) {
      for (const waiter of lane) {
        if (waiter.share !== share) continue;
        lane.delete(waiter);
        waiter.settle(share.failure);
      }
    }
    this.#settle();
  }

  #settle(): void {
    for (const lane of Object.values(this.#lanes)) {
      for (const waiter of lane) {
        if (!this.#fits(waiter.kind, waiter.bytes)) break;
        lane.delete(waiter);
        this.add(waiter.share, waiter.kind, waiter.bytes);
        waiter.settle(null);
      }
    }
    const stuck = this.#youngestOfStuck();
    if (stuck !== null) this.#fail(stuck, this.#noRoom());
  }

  /** The request that must end because nobody but those that wait holds anything; null where somebody else does. */
  #youngestOfStuck(): ByteShare | null {
    const all = this.#waitingShares();
    if (all.size === 0) return null;
    if (sum(all, ({ total }) => total) === this.total) return youngest(all);
    const bodies = sharesOf(this.#lanes.body);
    return sum(bodies, ({ held }) => held.body) === this.held.body ? youngest(bodies) : null;
  }

  /**
   * Whoever takes its answer slowly gives way to those that wait for memory. Where nobody does, and nothing becomes free, the
   * others may be waiting for something else that those which wait hold, such as a connection: then one of these ends.
   */
  #shed(): void {
    const waiters = Object.values(this.#lanes).flatMap((lane) => [...lane]);
    if (waiters.length === 0) {
      if (this.#shedding !== null) clearInterval(this.#shedding);
      this.#shedding = null;
      return;
    }
    if (this.#lanes.body.size > 0) this.#onBodiesWait();
    const now = performance.now();
    let needed = waiters
      .filter(({ since }) => now - since >= SHED_AFTER)
      .reduce((bytes, waiter) => bytes + waiter.bytes, 0);
    for (const share of this.#answering) {
      if (needed <= 0 || now - share.answeringSince < LEAST_TO_READ) break;
      needed -= share.total;
      this.#answering.delete(share);
      share.cut();
    }
    // Answers are taken, or cut: that frees something.
    this.#idleLooks = this.#answering.size > 0 ? 0 : this.#idleLooks + 1;
    const waiting = this.#waitingShares();
    if (this.#idleLooks <= MOST_IDLE_LOOKS || sum(waiting, ({ total }) => total) <= this.total / 2) return;
    this.#idleLooks = 0;
    const last = youngest(waiting);
    if (last !== null) this.#fail(last, this.#noRoom());
  }

  #waitingShares(): ReadonlySet<ByteShare> {
    return new Set(Object.values(this.#lanes).flatMap((lane) => [...sharesOf(lane)]));
  }

  #noRoom(): ByteBudgetError {
    const message = `Other requests hold as many bytes of memory as all may share (limits.inFlightBytes: ${this.#limit}), and too few became free in time: ask again later, or for less at once.`;
    return new ByteBudgetError(message, false);
  }
}

/** What one request holds of the budget, until it is released when its response closes. */
export class ByteShare implements MemoryShare {
  readonly held: Record<ByteKind, number> = nothing();
  /** Which of all requests it was. */
  readonly order: number;
  /** Why the request gets no more; null while it does. */
  failure: ByteBudgetError | null = null;
  isReleased = false;
  /** Of the monotonic clock. */
  answeringSince = Number.POSITIVE_INFINITY;
  readonly #budget: ByteBudget;
  #cut: () => void = () => {};

  constructor(budget: ByteBudget, order: number) {
    this.#budget = budget;
    this.order = order;
  }

  get total(): number {
    return totalOf(this.held);
  }

  /**
   * @returns null where the bytes are there at once
   * @throws {ByteBudgetError} by rejection, where they are not in time
   */
  take(kind: ByteKind, bytes: number, wait: ByteWait): Promise<void> | null {
    return this.#budget.take(this, kind, bytes, wait);
  }

  takeRows(bytes: number, wait: ByteWait): Promise<void> | null {
    return this.take('rows', bytes, wait);
  }

  /**
   * Takes what reading a large document needs, or all that documents may take where that is less. Its body lies on disk, so
   * that there is no hurry.
   */
  takeDocument(bytes: number, signal: AbortSignal): Promise<void> | null {
    this.#budget.add(this, 'body', -this.held.body);
    const most = this.#budget.mostOf('document') - this.held.document;
    return this.take('document', Math.min(bytes, most), { signal, deadline: Number.POSITIVE_INFINITY });
  }

  /**
   * Only the answer is left: so many bytes, until the client has taken them.
   * @param cut ends the connection of a client that takes it slowly while others wait
   */
  answer(bytes: number, cut: () => void): void {
    if (this.isReleased) return;
    this.#cut = cut;
    this.answeringSince = Math.min(this.answeringSince, performance.now());
    this.#budget.answers(this);
    this.#budget.add(this, 'answer', bytes - this.held.answer);
    for (const kind of KINDS) if (kind !== 'answer') this.#budget.add(this, kind, -this.held[kind]);
  }

  cut(): void {
    this.#cut();
  }

  release(): void {
    this.#budget.release(this);
  }
}

const KINDS: readonly ByteKind[] = ['body', 'document', 'rows', 'answer'];

function laneOf(kind: ByteKind): Lane {
  return kind === 'answer' ? 'rows' : kind;
}

function nothing(): Record<ByteKind, number> {
  return { body: 0, document: 0, rows: 0, answer: 0 };
}

function totalOf({ body, document, rows, answer }: Readonly<Record<ByteKind, number>>): number {
  return body + document + rows + answer;
}

/** Of those that hold something, the one that began last. */
function youngest(shares: ReadonlySet<ByteShare>): ByteShare | null {
  const holding = [...shares].filter(({ total }) => total > 0);
  return holding.toSorted((one, other) => other.order - one.order)[0] ?? null;
}

function sharesOf(lane: ReadonlySet<Waiter>): ReadonlySet<ByteShare> {
  return new Set([...lane].map(({ share }) => share));
}

function sum(shares: ReadonlySet<ByteShare>, bytes: (share: ByteShare) => number): number {
  let total = 0;
  for (const share of shares) total += bytes(share);
  return total;
}

/** What one call to a source adds to the memory of its request. */
export class RowMemory implements MemoryShare {
  readonly #share: ByteShare;
  #isCounted = false;

  constructor(share: ByteShare) {
    this.#share = share;
  }

  /** @throws {SourceError} where the request gets no more memory */
  check(): void {
    if (this.#share.failure !== null) throw noMemory(this.#share.failure);
  }

  takeRows(bytes: number, wait: Pick<Call, 'signal' | 'deadline'>): Promise<void> | null {
    this.#isCounted = true;
    return this.#share.takeRows(bytes, wait);
  }

  /**
   * Takes what an answer needs that its adapter did not count while it came.
   * @returns null where that is free at once; else it rejects with a SourceError where it does not become free in time
   */
  estimate(answer: unknown, wait: Pick<Call, 'signal' | 'deadline'>): Promise<void> | null {
    if (this.#isCounted) return null;
    const taken = this.#share.takeRows(answerSize(answer, Number.POSITIVE_INFINITY), wait);
    if (taken === null) return null;
    return taken.catch((error: unknown) => {
      throw error instanceof ByteBudgetError ? noMemory(error) : error;
    });
  }
}

/** The request is answered with LIMIT_EXCEEDED as a whole; until then this ends what is under way. */
function noMemory(cause: ByteBudgetError): SourceError {
  return new SourceError('SOURCE_UNAVAILABLE', cause.message, { origin: 'gateway', cause });
}
