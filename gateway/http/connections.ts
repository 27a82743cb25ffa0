import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, Server as NetServer, type Socket } from 'node:net';

/**
 * Node.js accepts one connection for each socket that it listens on and each turn of the event loop. A turn takes 10 ms and
 * more under load, so with one socket a hundred new clients a second would wait for seconds before anything could even be
 * refused. Linux spreads connections evenly over several sockets of one port.
 */
const SOCKETS = process.platform === 'linux' ? 32 : 1;
/**
 * Connections that may wait to be accepted, as far as the system allows so many (`net.core.somaxconn`). Beyond it the system
 * drops what it is asked, and the client tries again after one second, three and seven: a refusal would be sooner.
 */
const BACKLOG = 4_096;

/** The sockets that one HTTP server listens on, all at the same address. */
export class ListeningSockets {
  readonly #server: Server;
  readonly #others: readonly NetServer[];
  readonly #claimed = createServer((socket) => socket.destroy());

  constructor(server: Server) {
    this.#server = server;
    // As the HTTP server makes its own.
    const options = { allowHalfOpen: true, noDelay: true };
    const pass = (socket: Socket) => void server.emit('connection', socket);
    this.#others = Array.from({ length: SOCKETS - 1 }, () => createServer(options, pass));
  }

  async listen(port: number, host: string): Promise<void> {
    if (this.#others.length === 0) return await listenOn(this.#server, { port, host, backlog: BACKLOG });
    const shared = { host, backlog: BACKLOG, reusePort: true };
    // The system never chooses a port that is shared.
    if (port !== 0) await this.#claim(host, port);
    await listenOn(this.#server, { ...shared, port });
    const address = this.#server.address();
    const chosen = typeof address === 'object' && address !== null ? address.port : port;
    if (port === 0) await this.#claim(host, chosen);
    for (const other of this.#others) await listenOn(other, { ...shared, port: chosen });
  }

  /**
   * A port that can be shared could be shared with another gateway of the same user, which should say that it is taken. The
   * name of a socket in Linux's abstract namespace is free again when its process ends, however it ends.
   */
  async #claim(host: string, port: number): Promise<void> {
    await listenOn(this.#claimed, { path: `\0kcigraph ${host} ${port}` });
    this.#claimed.unref();
  }

  /** Accepts no more; resolves when all connections have ended. Idle ones are left to the caller. */
  async close(): Promise<void> {
    await Promise.all(
      [this.#claimed, this.#server, ...this.#others].map(
        // The HTTP server's own way to close would end idle connections at once.
        (one) => new Promise<void>((resolve) => NetServer.prototype.close.call(one, () => resolve())),
      ),
    );
  }
}

async function listenOn(server: NetServer, options: Parameters<NetServer['listen']>[0] & object): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(options, resolve);
  await promise.finally(() => server.off('error', reject));
}

/** Requests that wait on one connection behind the one that is worked on; nobody pipelines so many in good faith. */
const MOST_ON_CONNECTION = 128;
/** The same of all connections: each takes some kilobytes. */
const MOST_IN_ALL = 4_096;

interface Pipelined {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  isBusy: boolean;
  readonly waiting: Pipelined[];
}

/**
 * Works on one request of a connection at a time. Node.js emits all that came in one piece, as soon as it is parsed; those
 * behind the first wait, and nothing more is read from the connection until their turn has come.
 */
export class Pipelining {
  readonly #connections = new Map<Socket, Connection>();
  readonly #work: (request: IncomingMessage, response: ServerResponse) => void;
  #waiting = 0;

  constructor(server: Server, work: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#work = work;
    server.on('connection', (socket: Socket) => {
      const connection: Connection = { isBusy: false, waiting: [] };
      this.#connections.set(socket, connection);
      socket.once('close', () => {
        this.#connections.delete(socket);
        this.#waiting -= connection.waiting.splice(0).length;
      });
    });
  }

  readonly take = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    // Closed while what it sent was parsed.
    if (connection === undefined) return;
    if (!connection.isBusy) {
      this.#begin(socket, connection, { request, response });
      return;
    }
    if (connection.waiting.length >= MOST_ON_CONNECTION || this.#waiting >= MOST_IN_ALL) {
      socket.destroy();
      return;
    }
    connection.waiting.push({ request, response });
    this.#waiting += 1;
    socket.pause();
  };

  #begin(socket: Socket, connection: Connection, { request, response }: Pipelined): void {
    connection.isBusy = true;
    response.once('close', () => {
      connection.isBusy = false;
      const next = connection.waiting.shift();
      if (next === undefined) return;
      this.#waiting -= 1;
      // The rest of its body, or the next request, may come.
      if (connection.waiting.length === 0) socket.resume();
      this.#begin(socket, connection, next);
    });
    this.#work(request, response);
  }
}

/** Bytes a second that a body must come, or an answer be taken, at least. */
const LEAST_RATE = 1_024;

/**
 * Cuts a connection whose client sends its body, or takes its answer, more slowly than 1 KiB/s over a whole window. Time in
 * which the gateway itself is behind does not count.
 *
 * @param window milliseconds
 */
export function cutWhenSlow(request: IncomingMessage, response: ServerResponse, window: number): void {
  const { socket } = request;
  const least = (LEAST_RATE * window) / 1_000;
  let before = { read: socket.bytesRead, written: socket.bytesWritten, receives: true, sends: false };
  const timer = setInterval(() => {
    const now = {
      read: socket.bytesRead,
      written: socket.bytesWritten,
      // What waits to be read here is the gateway's own delay.
      receives: !request.complete && request.readableLength === 0,
      sends: response.headersSent && response.writableLength > 0,
    };
    const isSlowSender = before.receives && now.receives && now.read - before.read < least;
    const isSlowReader = before.sends && now.sends && now.written - before.written < least;
    if (isSlowSender || isSlowReader) socket.destroy();
    before = now;
  }, window);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}

/** Milliseconds that a client has in any case to send its body. */
const LEAST_TO_SEND = 2_000;
/** Bytes a second, since its request began, below which a client counts as slow while others are turned away. */
const SLOW_RATE = 64 * 1024;

interface Sender {
  readonly request: IncomingMessage;
  readonly since: number;
  /** Bytes that its socket had read when the request began. */
  readonly before: number;
}

/**
 * The clients that still send the body of a request. Each holds a place and memory meanwhile, so the slow ones give way
 * while others find none: else a few hundred connections of 1 KiB/s would keep everybody else out.
 */
export class SlowSenders {
  /** In the order in which they began. */
  readonly #senders = new Map<IncomingMessage, Sender>();

  add(request: IncomingMessage): void {
    const { socket } = request;
    this.#senders.set(request, { request, since: performance.now(), before: socket.bytesRead });
    const remove = () => this.#senders.delete(request);
    request.once('end', remove);
    request.once('close', remove);
  }

  /** Cuts the connection of the one that began first. */
  readonly giveWay = (): void => {
    const now = performance.now();
    for (const sender of this.#senders.values()) {
      if (now - sender.since < LEAST_TO_SEND) return;
      if (!isSlow(sender, now)) continue;
      this.#senders.delete(sender.request);
      sender.request.socket.destroy();
      return;
    }
  };
}

function isSlow({ request, since, before }: Sender, now: number): boolean {
  // What waits to be read here is the gateway's own delay.
  if (request.complete || request.readableLength > 0) return false;
  return request.socket.bytesRead - before < (SLOW_RATE * (now - since)) / 1_000;
}
