import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './options.ts';
import { SLOW_MS } from './running-source.ts';

/** What no database says. */
const NONSENSE = 'Welcome! Please log in to use this network.\r\n'.repeat(20);

/** Stands before a server that speaks over TCP, and breaks the way to it: nobody there, late answers, or nonsense. */
export class BrokenWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #fault: Fault;
  readonly #target: { readonly host: string; readonly port: number };

  private constructor(host: string, port: number, fault: Fault) {
    this.#target = { host, port };
    this.#fault = fault;
    this.#server = createServer((client) => this.#serve(client));
  }

  /** The URL of the server, as it is behind the broken way, and what closes that. */
  static async to(url: string, fault: Fault): Promise<{ readonly url: string; close(): Promise<void> }> {
    const broken = new URL(url);
    const way = new BrokenWay(broken.hostname, Number(broken.port), fault);
    way.#server.listen(0, '127.0.0.1');
    await once(way.#server, 'listening');
    const address = way.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The system gave no port.');
    broken.host = `127.0.0.1:${address.port}`;
    if (fault === 'down') await way.close();
    return { url: broken.href, close: () => way.close() };
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    const server = this.#keep(connect(this.#target));
    this.#keep(client).pipe(server);
    let order = Promise.resolve();
    server.on('data', (chunk: Buffer) => {
      order = order.then(async () => {
        if (this.#fault === 'slow') await delay(SLOW_MS, undefined, { ref: false });
        if (!client.destroyed) client.write(this.#fault === 'lying' ? NONSENSE : chunk);
      });
    });
    client.once('close', () => server.destroy());
    server.once('close', () => order.then(() => client.destroy()));
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
