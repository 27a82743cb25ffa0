import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { CkiData } from './data.ts';
import { type CkiAnswer, CkiRoutes } from './routes.ts';

export interface CkiServerOptions {
  /** Members' token; without one nobody sees what is internal. */
  readonly token?: string;
  /** Rows a page holds at most, and where nothing is asked for. */
  readonly maxLimit?: number;
  readonly defaultLimit?: number;
  /** The host that links to other pages name: behind a proxy it is none that can be reached. */
  readonly linkHost?: string;
  /** Milliseconds before each answer. */
  readonly delay?: number;
}

/** A request as it came. */
export interface CkiRequest {
  readonly path: string;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  readonly headers: IncomingMessage['headers'];
}

/** Does something else than answer; false lets the answer through. */
export type CkiFault = (request: IncomingMessage, response: ServerResponse) => boolean;

const MAX_REQUESTS_KEPT = 100_000;

/** A DataWarehouse over HTTP, as its framework answers by default. What it holds may change while it is asked. */
export class CkiServer {
  readonly data: CkiData;
  readonly requests: CkiRequest[] = [];
  fault: CkiFault | null = null;
  delay: number;
  readonly #routes: CkiRoutes;
  readonly #server: Server;
  #port = 0;

  constructor(data: CkiData, options: CkiServerOptions = {}) {
    this.data = data;
    this.delay = options.delay ?? 0;
    this.#routes = new CkiRoutes(data, {
      token: options.token ?? null,
      maxLimit: options.maxLimit ?? 100,
      defaultLimit: options.defaultLimit ?? 30,
      linkHost: options.linkHost ?? 'https://datawarehouse.internal.example',
    });
    this.#server = createServer((request, response) => this.#receive(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(port = this.#port): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    if (this.requests.length < MAX_REQUESTS_KEPT) {
      this.requests.push({ path, at: performance.now(), headers: request.headers });
    }
    const answer = () => {
      if (this.fault?.(request, response) === true) return;
      send(request, response, this.#routes.answer(request.method ?? 'GET', path, request.headers.authorization));
    };
    if (this.delay > 0) setTimeout(answer, this.delay);
    else answer();
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: CkiAnswer): void {
  const isZipped = String(request.headers['accept-encoding'] ?? '').includes('gzip') && body.length > 200;
  response.writeHead(status, {
    'content-type': 'application/json',
    vary: 'Accept, Cookie',
    allow: 'GET, HEAD, OPTIONS',
    ...headers,
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(isZipped ? gzipSync(body) : body);
}
