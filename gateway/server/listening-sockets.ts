import type { Server } from 'node:http';
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
