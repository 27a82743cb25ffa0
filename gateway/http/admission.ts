import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { HttpRefusal, type Route } from './exchange.ts';
import { findRoute, type RouterOptions, securityHeaders } from './router.ts';

/** Gives back the place of a request that has ended. */
type Leave = () => void;

interface Waiting {
  readonly admit: () => void;
}

/**
 * Milliseconds that a request waits for a place: so short that a refusal is still a quick one, and long enough for the
 * places that become free between two turns of the event loop.
 */
const LONGEST_WAIT = 25;
/** Requests that wait at most: about as many as get a place within that time. Every further one would only be refused later. */
const MOST_WAITING = 8;
/** Seconds after which a refused client should ask again. */
const RETRY_AFTER = 1;

/**
 * The door of all routes that take work: at most so many requests are worked on at once, a few wait for a moment, oldest
 * first, and the others are refused before anything of them is read.
 */
export class Admission {
  readonly #waiting = new Set<Waiting>();
  readonly #starts = new StartQueue();
  readonly #onFull: () => void;
  #inFlight = 0;

  /** @param onFull called for each request that finds no place free, whether it waits or is refused */
  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  /**
   * @param limit requests worked on at once
   * @param signal aborts where the client has gone
   * @throws {HttpRefusal} 503 with Retry-After
   */
  async enter(limit: number, signal: AbortSignal): Promise<Leave> {
    if (this.#inFlight < limit) this.#inFlight += 1;
    else {
      this.#onFull();
      if (this.isFull(limit)) throw overloaded();
      await this.#wait(signal);
    }
    await this.#starts.start(signal);
    return () => {
      this.#starts.end();
      this.#leave(limit);
    };
  }

  /** Nobody can even wait: what comes now is refused. */
  isFull(limit: number): boolean {
    return this.#inFlight >= limit && this.#waiting.size >= Math.min(limit, MOST_WAITING);
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { admit: resolve };
    const refuse = () => {
      // Not among the waiting any more: the place is theirs, and they give it back.
      if (this.#waiting.delete(waiting)) reject(overloaded());
    };
    const timer = setTimeout(refuse, LONGEST_WAIT);
    this.#waiting.add(waiting);
    signal.addEventListener('abort', refuse, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', refuse);
    }
  }

  /** A place passes straight to the request that waits longest, unless fewer are worked on since a new configuration. */
  #leave(limit: number): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#inFlight > limit) {
      this.#inFlight -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }
}

export const OVERLOADED = `The gateway works on as many requests as it can: ask again after ${RETRY_AFTER} s.`;
export const OVERLOADED_HEADERS = { 'retry-after': String(RETRY_AFTER), 'cache-control': 'no-store' };

function overloaded(): HttpRefusal {
  return new HttpRefusal(503, OVERLOADED, { headers: OVERLOADED_HEADERS });
}

interface Held {
  readonly since: number;
  readonly start: () => void;
}

/** Requests that are worked on at once while the event loop has no time left: enough to keep every connection of a store busy. */
const WHILE_BUSY = 24;
/** Share of its time in which the event loop works, from which on it counts as busy. */
const BUSY = 0.75;
/** Milliseconds over which that share is measured. */
const WINDOW = 25;
/** Milliseconds that a request is held back at most: those before it may wait for a slow source, and not for the event loop. */
const LONGEST_HOLD = 1_000;

/**
 * Holds admitted requests back, oldest first, while the event loop is busy with others. Starting them would make none of
 * them faster, but all that they keep would be copied by every garbage collection: with 200 at once that took a sixth of
 * the time. While requests wait for sources the event loop is idle, and nothing is held back.
 */
export class StartQueue {
  readonly #held = new Set<Held>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #since = performance.now();
  #before: EventLoopUtilization = performance.eventLoopUtilization();
  #isBusy = false;

  /** Resolves when the request may start, or when the client has gone; call `end` once after it in any case. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#running < WHILE_BUSY || (this.#held.size === 0 && !this.#measure())) {
      this.#running += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const held: Held = { since: performance.now(), start: resolve };
    const start = () => this.#start(held);
    this.#held.add(held);
    this.#timer ??= setInterval(() => this.#look(), WINDOW);
    signal.addEventListener('abort', start, { once: true });
    await promise;
    signal.removeEventListener('abort', start);
  }

  end(): void {
    this.#running -= 1;
    const [next] = this.#held;
    if (next !== undefined && this.#running < WHILE_BUSY) this.#start(next);
  }

  #start(held: Held): void {
    if (!this.#held.delete(held)) return;
    this.#running += 1;
    held.start();
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const isBusy = this.#measure();
    const late = performance.now() - LONGEST_HOLD;
    for (const held of this.#held) {
      if (isBusy && held.since > late) return;
      this.#start(held);
    }
  }

  #measure(): boolean {
    const now = performance.now();
    if (now - this.#since < WINDOW) return this.#isBusy;
    const current = performance.eventLoopUtilization();
    this.#isBusy = performance.eventLoopUtilization(current, this.#before).utilization > BUSY;
    [this.#since, this.#before] = [now, current];
    return this.#isBusy;
  }
}

/** Gives the route of a request that it refused, or null for one that has to be looked at. */
export type RefuseFlood = (request: IncomingMessage, response: ServerResponse) => Route | null;

/**
 * Refuses requests while nobody can even wait for a place. Of those there may be several times as many as the gateway can
 * answer, so nothing is made for them that a refusal does not need, and what they are told is written once.
 */
export function floodRefusal(routes: RouterOptions['routes'], isFull: () => boolean): RefuseFlood {
  const bodies = new Map<Route, string>();
  const headers = Object.entries({ ...OVERLOADED_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .concat([...securityHeaders])
    .flat();
  return (request, response) => {
    // A page of another origin may read its refusal only with headers that the router makes.
    if (!isFull() || request.headers.origin !== undefined) return null;
    const { url = '/' } = request;
    const query = url.indexOf('?');
    const route = findRoute(routes, query < 0 ? url : url.slice(0, query));
    if (route.isAlwaysAnswered === true) return null;
    let body = bodies.get(route);
    if (body === undefined) {
      body = JSON.stringify(route.errorBody(503, { message: OVERLOADED, faults: [] }));
      bodies.set(route, body);
    }
    const length = String(Buffer.byteLength(body));
    response.writeHead(503, [...headers, 'x-request-id', randomUUID(), 'content-length', length]);
    response.end(body);
    return route;
  };
}
