import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

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
