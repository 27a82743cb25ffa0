import { connect, type Socket } from 'node:net';

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly hasRetryAfter: boolean;
  readonly body: Buffer;
}

/** Gives null where the connection broke before the whole answer was there. */
type Receive = (answer: Answer | null) => void;

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection over HTTP/1.1, for one request at a time. It parses only what a load generator needs, so that
 * the generator takes little of the CPU that it measures.
 */
export class Connection {
  readonly #address: { readonly host: string; readonly port: number };
  #socket: Socket | null = null;
  #receive: Receive | null = null;
  #chunks: Buffer[] = [];
  #received = 0;
  /** Bytes of head and body together, once the head is there. */
  #whole: number | null = null;
  #headLength = 0;
  #head = '';

  constructor(address: { readonly host: string; readonly port: number }) {
    this.#address = address;
  }

  /** Sends a whole request; opens the connection anew where the server closed it. */
  send(request: Buffer, receive: Receive): void {
    this.#receive = receive;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ ...this.#address, noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (socket === this.#socket) this.#socket = null;
      this.#finish(null);
    });
    return socket;
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#whole === null && !this.#readHead()) return;
    if (this.#whole === null || this.#received < this.#whole) return;
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
    this.#finish({
      status: Number(this.#head.slice(9, 12)),
      hasRetryAfter: /\r\nretry-after: \d/i.test(this.#head),
      body: bytes.subarray(this.#headLength),
    });
  }

  #readHead(): boolean {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const end = bytes?.indexOf(HEAD_END) ?? -1;
    if (bytes === undefined || end < 0) return false;
    this.#head = bytes.toString('latin1', 0, end);
    this.#headLength = end + HEAD_END.length;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
    // kcigraph says the length of every answer: another one is a fault, and shows as a broken connection.
    if (length === undefined) this.#socket?.destroy();
    else this.#whole = this.#headLength + Number(length);
    return true;
  }

  #finish(answer: Answer | null): void {
    const receive = this.#receive;
    this.#receive = null;
    this.#chunks = [];
    this.#received = 0;
    this.#whole = null;
    receive?.(answer);
  }
}
