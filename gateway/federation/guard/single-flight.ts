import type { Call } from '../../../adapters/adapter.ts';
import type { SourceError } from '../../../adapters/errors.ts';

interface Flight {
  readonly answer: Promise<unknown>;
  readonly controller: AbortController;
  /** What the call warned of so far, for those that join later. */
  readonly warnings: SourceError[];
  readonly waiting: Set<Call>;
}

/** Calls that ask the same while one is under way share it. It is cancelled when the last of them has left. */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  /**
   * @param key what is asked; the same key means an answer of the same type
   * @param call of the one who asks: when its signal aborts, it no longer waits
   */
  async join<T>(key: string, call: Call, start: (call: Call) => Promise<T>): Promise<T> {
    const known = this.#flights.get(key);
    const flight = known ?? this.#start(key, call, start);
    for (const warning of flight.warnings) call.warn(warning);
    flight.waiting.add(call);
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = () => {
      this.#leave(key, flight, call);
      reject(call.signal.reason);
    };
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      return (await Promise.race([flight.answer, left])) as T;
    } finally {
      call.signal.removeEventListener('abort', leave);
      flight.waiting.delete(call);
    }
  }

  #start<T>(key: string, { deadline, fields, log }: Call, start: (call: Call) => Promise<T>): Flight {
    const controller = new AbortController();
    const warnings: SourceError[] = [];
    const waiting = new Set<Call>();
    const warn = (error: SourceError) => {
      warnings.push(error);
      for (const call of waiting) call.warn(error);
    };
    const answer = start({ signal: controller.signal, deadline, fields, log, warn });
    const flight = { answer, controller, warnings, waiting };
    this.#flights.set(key, flight);
    const land = () => this.#forget(key, flight);
    answer.then(land, land);
    return flight;
  }

  #leave(key: string, flight: Flight, call: Call): void {
    flight.waiting.delete(call);
    if (flight.waiting.size > 0) return;
    // Who asks now begins anew, and does not join what is being cancelled.
    this.#forget(key, flight);
    flight.controller.abort(call.signal.reason);
  }

  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
