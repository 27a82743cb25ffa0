import { SourceError } from '../contract/errors.ts';

export interface PermitSettings {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Requests a second; null: no limit. */
  readonly rate: number | null;
  /** Requests that may wait for a permit, 1,000 where left out; more are refused. */
  readonly maxWaiting?: number | undefined;
}

/** Leave to make one request. */
export interface Permit {
  /** The request is known to be at the source: its time in the budget runs from here, not from its end. */
  arrived(): void;
  /** Once, when the request ended. */
  giveBack(): void;
}

interface Waiting {
  readonly grant: (permit: Permit) => void;
  readonly refuse: (error: SourceError) => void;
}

interface Lane {
  /** In the order in which they came. */
  readonly waiting: Set<Waiting>;
  readonly concurrency: number;
  /** Milliseconds between two starts. */
  readonly interval: number;
  underWay: number;
  /** When the next one may start, in milliseconds of the monotonic clock. */
  nextStart: number;
}

/** Who asks: a person, a background task, or a probe that must come through where all others wait. */
export type PermitKind = 'people' | 'background' | 'probe';

/** Who waits, and until when. */
export interface PermitWait {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

const MAX_WAITING = 1_000;
/** Whoever cannot be granted a permit is told so long before the deadline, so that the answer is there in time. */
const TOLD_BEFORE_MS = 100;
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Permits of concurrency and rate, first come first served. Those of background tasks come behind all others, and take
 * half of what there is, so that a person who asks finds room. Probes take the rate alone, before all others. Whoever
 * would get none of the rate's in time is refused.
 */
export class Permits {
  readonly #settings: PermitSettings;
  readonly #people: Lane;
  readonly #background: Lane;
  readonly #probes: Lane;
  readonly #window: RateWindow | null;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: PermitSettings) {
    const { concurrency, rate } = settings;
    const interval = rate === null ? 0 : 1000 / rate;
    const lane = { underWay: 0, nextStart: 0 };
    this.#settings = settings;
    this.#window = rate === null ? null : new RateWindow(rate);
    this.#people = { ...lane, waiting: new Set(), concurrency, interval };
    this.#probes = { ...lane, waiting: new Set(), concurrency: Number.POSITIVE_INFINITY, interval };
    this.#background = {
      ...lane,
      waiting: new Set(),
      concurrency: Math.max(1, Math.floor(concurrency / 2)),
      interval: interval * 2,
    };
  }

  /** Waits for a permit, which has to be given back. Whoever leaves before has none. */
  async take({ signal, deadline }: PermitWait, kind: PermitKind): Promise<Permit> {
    if (signal.aborted) throw ended();
    const { waiting } = { people: this.#people, background: this.#background, probe: this.#probes }[kind];
    if (waiting.size >= (this.#settings.maxWaiting ?? MAX_WAITING)) throw crowded();
    const patience = deadline - Date.now();
    if (kind === 'people') this.#refuseHopeless(patience);
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    const one: Waiting = { grant: resolve, refuse: reject };
    const leave = (error: SourceError) => {
      // Not among the waiting any more: the permit is theirs, and they give it back.
      if (!waiting.delete(one)) return;
      this.#grant();
      reject(error);
    };
    const onAbort = () => leave(ended());
    const timer = kind !== 'people' || this.#window === null ? undefined : this.#tellInTime(patience, leave);
    waiting.add(one);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#grant();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** The source wants to be left alone: nobody who waits now is granted a permit. */
  refuseWaiting(error: SourceError): void {
    const { waiting } = this.#people;
    for (const one of waiting) one.refuse(error);
    waiting.clear();
  }

  /** A lower bound will do: who is let in for nothing is told by the timer. */
  #refuseHopeless(patience: number): void {
    if (this.#window === null) return;
    const { waiting, nextStart, interval } = this.#people;
    const now = performance.now();
    const wait = Math.max(nextStart, this.#window.nextStart(now)) - now + waiting.size * interval;
    if (wait > Math.max(0, patience - TOLD_BEFORE_MS)) throw spentBudget(Math.max(interval, wait - patience));
  }

  #tellInTime(patience: number, leave: (error: SourceError) => void): NodeJS.Timeout {
    const tell = () => {
      // What waits for an answer of others is late for another reason.
      if (this.#people.underWay < this.#people.concurrency) leave(spentBudget(this.#people.interval));
    };
    return setTimeout(tell, Math.min(Math.max(0, patience - TOLD_BEFORE_MS), LONGEST_TIMER)).unref();
  }

  #grant(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let lane = this.#next();
    while (lane !== null) {
      const now = performance.now();
      const start = Math.max(this.#people.nextStart, lane.nextStart, this.#window?.nextStart(now) ?? 0);
      if (start > now) {
        this.#timer = setTimeout(() => this.#grant(), Math.ceil(start - now));
        return;
      }
      this.#start(lane, now);
      lane = this.#next();
    }
  }

  /** Whose turn it is, whenever that may be; null where nobody waits or all permits are out. */
  #next(): Lane | null {
    const [people, background] = [this.#people, this.#background];
    if (this.#probes.waiting.size > 0) return this.#probes;
    if (people.underWay >= people.concurrency) return null;
    if (people.waiting.size > 0) return people;
    return background.waiting.size > 0 && background.underWay < background.concurrency ? background : null;
  }

  #start(lane: Lane, now: number): void {
    const [first] = lane.waiting;
    if (first === undefined) return;
    // Whoever is under way in the background is one of all.
    const lanes = lane === this.#background ? [this.#people, this.#background] : [lane];
    if (lane === this.#probes) this.#people.nextStart = now + lane.interval;
    for (const one of lanes) {
      one.underWay += 1;
      one.nextStart = now + one.interval;
    }
    lane.waiting.delete(first);
    first.grant(this.#permit(lanes, this.#window?.begin(now)));
  }

  #permit(lanes: readonly Lane[], arrive: (() => void) | undefined): Permit {
    let isOut = true;
    const arrived = () => {
      arrive?.();
      this.#grant();
    };
    const giveBack = () => {
      if (!isOut) return;
      isOut = false;
      for (const one of lanes) one.underWay -= 1;
      arrived();
    };
    return { arrived, giveBack };
  }
}

/** Nobody waits any more. */
export function ended(): SourceError {
  return new SourceError('SOURCE_TIMEOUT', 'The request ended before the source was asked.', { origin: 'gateway' });
}

function crowded(): SourceError {
  const message = 'More requests wait for the source than it can answer in time.';
  return new SourceError('SOURCE_UNAVAILABLE', message, { origin: 'gateway' });
}

/**
 * A request that would get no permit of the rate before its deadline. It says nothing of the source, which was not
 * asked: others need not be refused for it.
 */
function spentBudget(retryAfterMs: number): SourceError {
  const message =
    'The source may be asked no more than so often, and others wait already: not all of it could be asked.';
  return new SourceError('SOURCE_RATE_LIMITED', message, { retryAfterMs: Math.ceil(retryAfterMs), origin: 'gateway' });
}

/** A request that was begun; it arrives at the source at some time between its start and `arrivedBy`. */
interface Begun {
  /** Milliseconds of the monotonic clock. */
  arrivedBy: number;
}

/** A request that was not answered so long is there: what takes so long is its answer. */
const LATEST_ARRIVAL_MS = 2_000;
/** The clocks of both sides tick in whole milliseconds. */
const MARGIN_MS = 10;

/**
 * A budget of requests over a sliding window, as the source counts them. Starts that are evenly spaced can arrive closer
 * together: one is late since its connection had to be opened, the next is not. So a request counts from its start until
 * one window after the moment at which it is known to have arrived.
 */
export class RateWindow {
  readonly #capacity: number;
  readonly #length: number;
  #begun: Begun[] = [];

  /** @param rate requests a second; below 1 it is one request in so much longer a window */
  constructor(rate: number) {
    this.#capacity = Math.max(1, Math.floor(rate));
    this.#length = (this.#capacity * 1000) / rate + MARGIN_MS;
  }

  /** When the next request may start: `now`, or later. */
  nextStart(now: number): number {
    this.#begun = this.#begun.filter(({ arrivedBy }) => arrivedBy + this.#length > now);
    const excess = this.#begun.length - this.#capacity;
    if (excess < 0) return now;
    const ends = this.#begun.map(({ arrivedBy }) => arrivedBy + this.#length).sort((one, other) => one - other);
    return ends[excess] ?? now;
  }

  /** Counts a request; what it gives is called when the request is known to have arrived, at the latest when it ended. */
  begin(now: number): () => void {
    const begun: Begun = { arrivedBy: now + LATEST_ARRIVAL_MS };
    this.#begun.push(begun);
    return () => {
      begun.arrivedBy = Math.min(begun.arrivedBy, performance.now());
    };
  }
}
