import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../adapters/contract/adapter.ts';
import type { ByteBudget } from '../federation/byte-budget.ts';
import type { Answering, ServerConfig } from './app.ts';
import { cutWhenSlow, ListeningSockets, Pipelining, type SlowSenders } from './connections.ts';
import type { Metrics } from './metrics.ts';
import { findRoute, securityHeaders } from './router.ts';

/** Milliseconds for the head of a request: whoever sends it byte by byte must not hold a connection for long. */
const HEAD_TIMEOUT = 15_000;
/** Milliseconds for a whole request; a large submission over a slow line takes its time. */
const REQUEST_TIMEOUT = 1_800_000;
/** Milliseconds that an idle connection stays: longer than proxies keep theirs, since a request on one that is just closed is lost. */
const KEEP_ALIVE = 75_000;
const DRAIN = 10_000;
/** Milliseconds in which a request that is on its way when the draining begins still arrives on an idle connection. */
const ON_ITS_WAY = 100;
const IDLE = 60_000;
/** Milliseconds over which the speed of a client is measured. */
const RATE_WINDOW = 20_000;
/** Milliseconds in which what is left of a body that nobody wants may still come: who is cut off never reads the answer. */
const LINGER = 10_000;
/** Milliseconds for which one line of the log tells how many requests were refused. */
const REFUSALS_LOGGED = 1_000;

export interface ListenerOptions {
  readonly config: ServerConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What all requests share. */
  readonly memory: ByteBudget;
  readonly senders: SlowSenders;
  /** What answers until it is replaced. */
  readonly first: Answering;
}

/** A way of answering, with the requests that began under it. */
interface InUse {
  readonly answering: Answering;
  requests: number;
  /** Called when the last of them has ended, once it is replaced. */
  onIdle: (() => void) | null;
}

/** The listening socket: what holds for every request whatever its route, and the way to stop. */
export class HttpListener {
  readonly #options: Omit<ListenerOptions, 'first'>;
  readonly #server: Server;
  readonly #sockets: ListeningSockets;
  #current: InUse;
  readonly #underWay = new Set<ServerResponse>();
  #closing: Promise<void> | null = null;
  /** Idle connections are no longer waited for. */
  #endsIdle = false;
  /** Requests that were refused and are not in the log yet. */
  #refused = 0;

  constructor({ first, ...options }: ListenerOptions) {
    this.#options = options;
    this.#current = { answering: first, requests: 0, onIdle: null };
    this.#server = createServer({
      headersTimeout: HEAD_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: options.config.keepAliveTimeout ?? KEEP_ALIVE,
      connectionsCheckingInterval: 2_000,
    });
    this.#server.maxHeadersCount = 200;
    this.#sockets = new ListeningSockets(this.#server);
    const pipelining = new Pipelining(this.#server, (request, response) => void this.#take(request, response));
    this.#server.on('request', pipelining.take);
    // Whoever waits for "100 Continue" can be turned away before the body is sent.
    this.#server.on('checkContinue', pipelining.take);
  }

  get draining(): boolean {
    return this.#closing !== null;
  }

  get address(): string | null {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return null;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options.config.listen;
    try {
      await this.#sockets.listen(port, host);
    } catch (error) {
      throw explainListenError(error instanceof Error ? error : new Error(String(error)), host, port);
    }
  }

  /** From now on requests are answered by `next`; resolves when those that began before have ended. */
  replace(next: Answering): Promise<void> {
    const before = this.#current;
    this.#current = { answering: next, requests: 0, onIdle: null };
    if (before.requests === 0) return Promise.resolve();
    return new Promise((resolve) => {
      before.onIdle = resolve;
    });
  }

  close(): Promise<void> {
    if (this.#closing !== null) {
      this.#server.closeAllConnections();
      return this.#closing;
    }
    this.#closing = new Promise((resolve) => {
      const late = setTimeout(() => this.#server.closeAllConnections(), this.#options.config.drainTimeout ?? DRAIN);
      const soon = setTimeout(() => this.#endIdle(), ON_ITS_WAY);
      void this.#sockets.close().then(() => {
        clearTimeout(late);
        clearTimeout(soon);
        // Ends its timer too.
        this.#server.close();
        resolve();
      });
    });
    for (const response of this.#underWay) endConnectionAfter(response);
    return this.#closing;
  }

  /** What arrived meanwhile is read first: a connection that ends with a request unread is an error to a proxy. */
  #endIdle(): void {
    this.#endsIdle = true;
    setImmediate(() => this.#server.closeIdleConnections());
  }

  /** A line for each would cost more than the refusals themselves. */
  #logRefusal(): void {
    this.#refused += 1;
    if (this.#refused > 1) return;
    setTimeout(() => {
      this.#options.log.warn({ refused: this.#refused }, 'requests were refused: too many are worked on');
      this.#refused = 0;
    }, REFUSALS_LOGGED);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { log, metrics, senders } = this.#options;
    const inUse = this.#current;
    const { config, routes, answer, refuseFlood } = inUse.answering;
    response.once('finish', () => readRest(request));
    // A request that breaks off shows in whoever reads it, and in the answer's close.
    request.on('error', () => {});
    if (this.draining) endConnectionAfter(response);
    const refused = refuseFlood(request, response);
    if (refused !== null) {
      metrics.answered(refused.name, response.statusCode, 0);
      this.#logRefusal();
      senders.giveWay();
      return;
    }
    inUse.requests += 1;
    const closed = Promise.withResolvers<void>();
    const started = performance.now();
    const requestId = randomUUID();
    const gone = new AbortController();
    const memory = this.#options.memory.open();
    const [path = '/', ...query] = (request.url ?? '/').split('?');
    const search = query.length > 0 ? `?${query.join('?')}` : '';

    this.#underWay.add(response);
    response.once('close', () => {
      this.#underWay.delete(response);
      memory.release();
      if (!response.writableFinished) gone.abort(new DOMException('The client has gone.', 'AbortError'));
      const ms = performance.now() - started;
      metrics.answered(findRoute(routes, path).name, gone.signal.aborted ? 499 : response.statusCode, ms);
      logAccess(log, config.trustProxy ?? false, { request, response, path, requestId, ms, gone: gone.signal.aborted });
      closed.resolve();
      // A connection whose answer came after the draining began would stay for its keep-alive time.
      if (this.#endsIdle) this.#endIdle();
    });
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    response.setHeader('x-request-id', requestId);
    if (!request.complete) senders.add(request);
    cutWhenSlow(request, response, config.rateWindow ?? RATE_WINDOW);
    const idleTimeout = config.idleTimeout ?? IDLE;
    const memoryWait = config.limits.deadline;
    const { signal } = gone;
    await answer({ request, response, path, search, requestId, log, idleTimeout, signal, memory, memoryWait });
    await closed.promise;
    inUse.requests -= 1;
    if (inUse.requests === 0) inUse.onIdle?.();
  }
}

/** What is left of a body that nobody wanted is read, for a while. */
function readRest(request: IncomingMessage): void {
  request.resume();
  if (request.complete) return;
  const late = setTimeout(() => request.destroy(), LINGER);
  request.once('close', () => clearTimeout(late));
}

/** Tells the client not to send another request on this connection, as far as it can still be told. */
function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

/** Why an address cannot be listened on, in one sentence for the person who starts the server. */
export function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  return new Error(sentence(error, host, port), { cause: error });
}

function sentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another process: stop it, or choose another port with --port.`;
    case 'EACCES':
      return `Port ${port} on ${host} needs rights that this process does not have: choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}: set listen.host to one that it has, such as 127.0.0.1.`;
    default:
      return `The server cannot listen on port ${port} of ${host}: ${error.message}.`;
  }
}

export interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly requestId: string;
  readonly ms: number;
  /** The client was gone before it was answered. */
  readonly gone: boolean;
}

/** One line a request. Neither headers nor queries: they may hold tokens, and bodies are not ours to keep. */
export function logAccess(log: Logger, trustProxy: boolean, answered: Answered): void {
  const { request, response, path, requestId, ms, gone } = answered;
  log.info(
    {
      requestId,
      method: request.method,
      path: path.slice(0, 200),
      status: gone ? null : response.statusCode,
      ms: Math.round(ms * 10) / 10,
      client: clientOf(request, trustProxy),
    },
    gone ? 'client gone' : 'answered',
  );
}

function clientOf(request: IncomingMessage, trustProxy: boolean): string | null {
  const forwarded = trustProxy ? [request.headers['x-forwarded-for'] ?? []].flat().join(',') : '';
  // The last one is what our own proxy saw; those before it, the client may have made up.
  const last = forwarded.split(',').at(-1)?.trim().slice(0, 64);
  return last || (request.socket.remoteAddress ?? null);
}
