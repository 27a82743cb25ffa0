import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** What is done to one request instead of answering it. */
export type HttpFault = (response: ServerResponse, body: string, reset: () => void) => void;

const JSON_TYPE = { 'content-type': 'application/json' };

/** A web server with one document, which answers as it should until it is given a fault. */
export class FaultyServer {
  body: string;
  /** Null: it is well. */
  fault: HttpFault | null = null;
  /** So many requests are answered well before the fault shows. */
  patience = 0;
  /** Requests so far. */
  requests = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  /** @param tls makes it speak TLS */
  constructor(body: string, tls: SecureContextOptions | null = null) {
    this.body = body;
    this.#scheme = tls === null ? 'http' : 'https';
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = tls === null ? createHttpServer(answer) : createHttpsServer(tls, answer);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}/documents`;
  }

  /** Connections that are open. */
  get sockets(): number {
    return this.#sockets.size;
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

  /** Another certificate, from the next connection on. */
  present(tls: SecureContextOptions): void {
    if ('setSecureContext' in this.#server && typeof this.#server.setSecureContext === 'function') {
      this.#server.setSecureContext(tls);
    }
    this.hangUp();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    const reset = () => this.#reset(request.socket.remotePort);
    if (this.fault !== null && this.patience <= 0) this.fault(response, this.body, reset);
    else answerWell(response, this.body);
    this.patience -= 1;
  }

  /** The connection itself, which lies below what speaks TLS. */
  #reset(port: number | undefined): void {
    for (const socket of this.#sockets) if (socket.remotePort === port) socket.resetAndDestroy();
  }
}

export function answerWell(response: ServerResponse, body: string): void {
  response.writeHead(200, JSON_TYPE).end(body);
}

/** Says nothing at all. */
export const hangBeforeHeaders: HttpFault = () => undefined;

/** Sends the half of its answer, and then nothing more. */
export const hangInBody: HttpFault = (response, body) => {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2));
};

/** Sends the half of its answer, and resets the connection. */
export const resetHalfWay: HttpFault = (response, body, reset) => {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), reset);
};

/** Takes its time. */
export const slowBy =
  (ms: number): HttpFault =>
  (response, body) => {
    setTimeout(() => answerWell(response, body), ms);
  };

/** Fails with every other request. */
export function flapping(fault: HttpFault): HttpFault {
  let count = 0;
  return (response, body, reset) => {
    count += 1;
    if (count % 2 === 1) fault(response, body, reset);
    else answerWell(response, body);
  };
}

/** Another answer: a status with its headers, and a text. */
export const answerWith =
  (status: number, headers: Readonly<Record<string, string>>, text: (body: string) => string): HttpFault =>
  (response, body) => {
    response.writeHead(status, headers).end(text(body));
  };
