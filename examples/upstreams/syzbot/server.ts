import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Dashboard } from './dashboard.ts';
import { answerOf, page, type SyzbotAnswer, text } from './routes.ts';
import { Throttle, type ThrottleLimit } from './throttle.ts';

export interface SyzbotServerOptions {
  /** Without it nobody is refused. */
  readonly limit?: ThrottleLimit;
  /** Milliseconds before each answer. */
  readonly delay?: number;
}

/** A request as it came. */
export interface SyzbotRequest {
  readonly path: string;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  readonly headers: IncomingMessage['headers'];
}

/** Does something else than answer; false lets the answer through. */
export type SyzbotFault = (request: IncomingMessage, response: ServerResponse) => boolean;

const MAX_REQUESTS_KEPT = 100_000;
const MAX_PLAIN_BYTES = 31 * 1024 * 1024;

/** A syzbot dashboard over HTTP, with its manners: pages instead of errors, redirects, gzip, a limit for each client. */
export class SyzbotServer {
  readonly dashboard: Dashboard;
  readonly requests: SyzbotRequest[] = [];
  fault: SyzbotFault | null = null;
  delay: number;
  #throttle: Throttle | null;
  readonly #server: Server;
  #port = 0;

  constructor(dashboard: Dashboard = new Dashboard([]), options: SyzbotServerOptions = {}) {
    this.dashboard = dashboard;
    this.delay = options.delay ?? 0;
    this.#throttle = options.limit === undefined ? null : new Throttle(options.limit);
    this.#server = createServer((request, response) => this.#receive(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Paths that were asked for, with their queries. */
  get paths(): readonly string[] {
    return this.requests.map(({ path }) => path);
  }

  limit(limit: ThrottleLimit | null): void {
    this.#throttle = limit === null ? null : new Throttle(limit);
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
    const limit = this.#throttle?.limit;
    if (limit !== undefined && !this.#throttle?.takes()) {
      const window = `Allowed rate is ${limit.requests} requests per ${limit.seconds} seconds.`;
      send(request, response, text(429, `429 Too Many Requests\n${window}\nPlease write to owner@example.com.\n`));
      return;
    }
    const answer = () => {
      if (this.fault?.(request, response) === true) return;
      send(request, response, answerOf(this.dashboard, new URL(path, this.url)));
    };
    if (this.delay > 0) setTimeout(answer, this.delay);
    else answer();
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: SyzbotAnswer): void {
  const { type, namespace, location } = answer;
  const isPlain = !String(request.headers['accept-encoding'] ?? '').includes('gzip');
  const body = Buffer.from(answer.body);
  if (isPlain && body.length > MAX_PLAIN_BYTES) {
    send(request, response, page(400, 'the answer is too large without gzip'));
    return;
  }
  const cookie = Buffer.from(JSON.stringify({ namespace })).toString('base64');
  response.writeHead(answer.status, {
    'content-type': type,
    ...(isPlain ? {} : { 'content-encoding': 'gzip' }),
    ...(location === undefined ? {} : { location }),
    ...(namespace === undefined ? {} : { 'set-cookie': `syzkaller=${cookie}` }),
  });
  response.end(isPlain ? body : gzipSync(body));
}
