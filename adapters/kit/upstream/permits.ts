import { SourceError } from '../../errors.ts';
import { finalFailure } from './final-failure.ts';

export interface PermitSettings {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Requests a second; null: no limit. */
  readonly rate: number | null;
  /** Requests that may wait for a permit, 1,000 where left out; more are refused. */
  readonly maxWaiting?: number | undefined;
}

interface Lane {
  /** In the order in which they came. */
  readonly waiting: Set<() => void>;
  readonly concurrency: number;
  /** Milliseconds between two starts. */
  readonly interval: number;
  underWay: number;
  /** When the next one may start, in milliseconds of the monotonic clock. */
  nextStart: number;
}

const MAX_WAITING = 1_000;

/**
 * Permits of concurrency and rate, first come first served. Those of background tasks come behind all others, and take
 * half of what there is, so that a person who asks finds room.
 */
export class Permits {
  readonly #settings: PermitSettings;
  readonly #people: Lane;
  readonly #background: Lane;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: PermitSettings) {
    const { concurrency, rate } = settings;
    const interval = rate === null ? 0 : 1000 / rate;
    const lane = { underWay: 0, nextStart: 0 };
    this.#settings = settings;
    this.#people = { ...lane, waiting: new Set(), concurrency, interval };
    this.#background = {
      ...lane,
      waiting: new Set(),
      concurrency: Math.max(1, Math.floor(concurrency / 2)),
      interval: interval * 2,
    };
  }

  /** Waits for a permit, which has to be given back. Whoever leaves before has none. */
  async take(signal: AbortSignal, isBackground: boolean): Promise<void> {
    if (signal.aborted) throw ended();
    const { waiting } = isBackground ? this.#background : this.#people;
    if (waiting.size >= (this.#settings.maxWaiting ?? MAX_WAITING)) throw crowded();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.add(resolve);
    const leave = () => {
      // Not among the waiting any more: the permit is theirs, and they give it back.
      if (!waiting.delete(resolve)) return;
      this.#grant();
      reject(ended());
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#grant();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  giveBack(isBackground: boolean): void {
    this.#people.underWay -= 1;
    if (isBackground) this.#background.underWay -= 1;
    this.#grant();
  }

  #grant(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let lane = this.#next();
    while (lane !== null) {
      const now = performance.now();
      const start = Math.max(this.#people.nextStart, lane.nextStart);
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
    if (people.underWay >= people.concurrency) return null;
    if (people.waiting.size > 0) return people;
    return background.waiting.size > 0 && background.underWay < background.concurrency ? background : null;
  }

  #start(lane: Lane, now: number): void {
    // Whoever is under way in the background is one of all.
    const lanes = lane === this.#background ? [this.#people, this.#background] : [this.#people];
    for (const one of lanes) {
      one.underWay += 1;
      one.nextStart = now + one.interval;
    }
    const [first] = lane.waiting;
    if (first === undefined) return;
    lane.waiting.delete(first);
    first();
  }
}

/** Nobody waits any more. */
export function ended(): SourceError {
  return new SourceError('SOURCE_TIMEOUT', 'The request ended before the source was asked.');
}

function crowded(): SourceError {
  const message = 'More requests wait for the source than it can answer in time.';
  return finalFailure(new SourceError('SOURCE_UNAVAILABLE', message));
}
