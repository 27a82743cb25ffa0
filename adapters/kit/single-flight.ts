import type { Call } from '../contract/adapter.ts';
import { isOverRate, SourceError } from '../contract/errors.ts';

interface Flight {
  readonly answer: Promise<unknown>;
  readonly controller: AbortController;
  /** Milliseconds of the monotonic clock. */
  readonly startedAt: number;
  /** The deadline that it began with. */
  readonly deadline: number;
  /** What the call warned of so far, for those that join later. */
  readonly warnings: SourceError[];
  readonly waiting: Set<Call>;
  /** The oldest of what the call answered from; null where it used nothing that was kept. */
  keptAge: number | null;
}

/**
 * Calls that ask the same while one is under way share it. Each caller waits until its own deadline, and is given all
 * warnings, also those from before it joined. The shared call is cancelled when the last caller has left.
 */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  /**
   * @param key what is asked; the same key means an answer of the same type
   * @param call of the caller: it leaves when the signal aborts, and at the deadline
   * @param start makes the shared call, whose deadline is the latest of those who wait
   * @throws {SourceError} SOURCE_TIMEOUT where the caller leaves before there is an answer
   */
  async join<T>(key: string, call: Call, start: (call: Call) => Promise<T>): Promise<T> {
    // A caller that waits for no more than a moment is refused early, which others must not share.
    const name = call.startBy === undefined ? key : `${key} soon`;
    for (;;) {
      if (call.signal.aborted) throw ended(call);
      const known = this.#flights.get(name);
      const isJoined = known !== undefined && performance.now() - known.startedAt <= (call.maxAgeMs ?? Infinity);
      const flight = isJoined ? known : this.#start(name, call, start);
      try {
        return (await this.#wait(name, flight, call)) as T;
      } catch (error) {
        // It ran out of the time of those who came first: this caller has more.
        const hasMoreTime = isJoined && flight.deadline < call.deadline && Date.now() < call.deadline;
        if (!hasMoreTime || !ranOut(error) || call.signal.aborted) throw error;
      }
    }
  }

  async #wait(name: string, flight: Flight, call: Call): Promise<unknown> {
    for (const warning of flight.warnings) call.warn(warning);
    if (flight.keptAge !== null) call.kept?.(flight.keptAge);
    flight.waiting.add(call);
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = () => {
      const error = ended(call);
      this.#leave(name, flight, call, error);
      reject(error);
    };
    call.signal.addEventListener('abort', leave, { once: true });
    const timer = setTimeout(leave, Math.min(Math.max(0, call.deadline - Date.now()) + GRACE_MS, LONGEST_WAIT));
    try {
      return await Promise.race([flight.answer, left]);
    } finally {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', leave);
      flight.waiting.delete(call);
    }
  }

  #start<T>(name: string, first: Call, start: (call: Call) => Promise<T>): Flight {
    const { deadline } = first;
    const controller = new AbortController();
    const waiting = new Set<Call>();
    const warnings: SourceError[] = [];
    const warn = (error: SourceError) => {
      warnings.push(error);
      for (const call of waiting) call.warn(error);
    };
    const kept = (ageMs: number) => {
      flight.keptAge = Math.max(ageMs, flight.keptAge ?? 0);
      for (const call of waiting) call.kept?.(ageMs);
    };
    const shared: Call = {
      ...first,
      // The answer belongs to several requests.
      memory: undefined,
      signal: controller.signal,
      get deadline() {
        return Math.max(deadline, ...[...waiting].map((call) => call.deadline));
      },
      warn,
      kept,
    };
    const { promise: answer, resolve, reject } = Promise.withResolvers<T>();
    const startedAt = performance.now();
    const flight: Flight = { answer, controller, startedAt, deadline, warnings, waiting, keptAge: null };
    this.#flights.set(name, flight);
    const land = () => this.#forget(name, flight);
    answer.then(land, land);
    start(shared).then(resolve, reject);
    return flight;
  }

  #leave(name: string, flight: Flight, call: Call, reason: SourceError): void {
    flight.waiting.delete(call);
    if (flight.waiting.size > 0) return;
    // Who asks now begins anew, and does not join what is being cancelled.
    this.#forget(name, flight);
    flight.controller.abort(call.signal.aborted ? call.signal.reason : reason);
  }

  #forget(name: string, flight: Flight): void {
    if (this.#flights.get(name) === flight) this.#flights.delete(name);
  }
}

/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;
/** A caller that ends at its deadline without help can say better why. */
const GRACE_MS = 10;

function ranOut(error: unknown): boolean {
  return isOverRate(error) || (error instanceof SourceError && error.code === 'SOURCE_TIMEOUT');
}

function ended({ signal }: Call): SourceError {
  if (signal.reason instanceof SourceError) return signal.reason;
  return new SourceError('SOURCE_TIMEOUT', 'The call ended before the source answered.');
}
