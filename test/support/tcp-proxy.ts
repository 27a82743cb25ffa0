import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the proxy does to what it passes on. */
export interface ProxyFault {
  /** Connections are taken, and nothing is passed on any more. */
  readonly isSilent?: boolean;
  /** Milliseconds that each part of an answer comes late. */
  readonly delayMs?: number;
  /** After so many bytes of answers on a connection it falls silent, or is reset. */
  readonly passBytes?: number;
  readonly afterwards?: 'silent' | 'reset';
  /** In the place of every answer. */
  readonly garbage?: string;
  /** Every other connection is reset at once. */
  readonly isFlapping?: boolean;
}

/** Stands before a server that speaks over TCP, and breaks the way to it. */
export class TcpProxy {
  #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #fault: ProxyFault = {};
  #port = 0;
  #connections = 0;

  constructor(host: string, port: number) {
    this.#target = { host, port };
    this.#server = createServer((client) => this.#serve(client));
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open, on both sides. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Where new connections lead: a server that is started again may have another port. */
  set targetPort(port: number) {
    this.#target = { ...this.#target, port };
  }

  /** Holds from now on, for connections that are open too. */
  set fault(fault: ProxyFault) {
    this.#fault = fault;
  }

  /** On the port that it had before, where it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address: string | AddressInfo | null = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Ends every connection; what speaks to it next begins anew. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.hangUp();
    await closed;
  }

  #serve(client: Socket): void {
    this.#connections += 1;
    this.#keep(client);
    if (this.#fault.isFlapping === true && this.#connections % 2 === 1) {
      client.resetAndDestroy();
      return;
    }
    const server = this.#keep(connect(this.#target));
    client.on('data', (chunk) => {
      if (this.#fault.isSilent !== true) server.write(chunk);
    });
    let passed = 0;
    let order = Promise.resolve();
    server.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      const soFar = passed;
      order = order.then(() => this.#pass(client, chunk, soFar));
    });
    client.once('close', () => server.destroy());
    server.once('close', () => order.then(() => client.destroy()));
  }

  async #pass(client: Socket, chunk: Buffer, passed: number): Promise<void> {
    const { isSilent, delayMs, passBytes, afterwards, garbage } = this.#fault;
    if (delayMs !== undefined) await delay(delayMs);
    if (client.destroyed || isSilent === true) return;
    if (garbage !== undefined) {
      client.write(garbage);
      return;
    }
    if (passBytes === undefined || passed <= passBytes) {
      client.write(chunk);
      return;
    }
    const left = Math.max(0, passBytes - (passed - chunk.length));
    client.write(chunk.subarray(0, left), () => {
      if (afterwards === 'reset') client.resetAndDestroy();
    });
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
