import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A web server with one document that may change, with its ETag. */
export class DocumentServer {
  body: string | Buffer = '';
  contentType = 'application/json';
  status = 200;
  encoding: string | null = null;
  /** Status codes answered so far. */
  readonly answered: number[] = [];
  /** The Authorization headers that came. */
  readonly tokens: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const etag = `"${createHash('sha1').update(this.body).digest('hex')}"`;
      const status = this.status === 200 && request.headers['if-none-match'] === etag ? 304 : this.status;
      this.answered.push(status);
      this.tokens.push(request.headers.authorization);
      response.writeHead(status, {
        etag,
        'content-type': this.contentType,
        ...(this.encoding === null ? {} : { 'content-encoding': this.encoding }),
      });
      response.end(status === 200 ? this.body : '');
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/documents`;
  }

  /** On the port that it had before, where it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address: string | AddressInfo | null = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
