import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from 'bson';
import { replyTo, type WireMessage, WireReader } from './wire-message.ts';

/** What becomes of one command. */
export type Intervention =
  /** The server answers. */
  | null
  /** This is the answer; the server never sees the command. */
  | { readonly reply: Document }
  /** The server answers, and its bytes go on as this makes them. */
  | { readonly rewrite: (reply: Buffer) => Buffer }
  /** So many bytes of the server's answer come, and the connection breaks. */
  | { readonly cutAfter: number }
  /** The answer never comes. */
  | 'silence'
  | { readonly delayMs: number };

/** A command as it was sent: its first member names it. */
export interface SentCommand {
  readonly name: string;
  readonly collection: string;
  readonly body: Document;
}

/** What drivers ask by themselves. */
const OWN_AFFAIRS = new Set(['hello', 'ismaster', 'isMaster', 'endSessions', 'buildInfo']);

/** Stands before a MongoDB, notes the commands, and answers in its place where a test says so. */
export class WireProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  /** All commands since the beginning, or since it was emptied. */
  readonly commands: SentCommand[] = [];
  /** Asked for each command. */
  intervene: (command: SentCommand) => Intervention = () => null;

  constructor(url: string) {
    this.#target = new URL(url);
    this.#server = createServer((client) => this.#serve(client));
  }

  get url(): string {
    const { username, password } = this.#target;
    const user = username === '' ? '' : `${username}:${password}@`;
    return `mongodb://${user}127.0.0.1:${this.#port}/${this.#target.search === '' ? '?' : `${this.#target.search}&`}directConnection=true`;
  }

  /** Connections of clients that are open. */
  get clients(): number {
    return this.#sockets.size;
  }

  /** On the port that it had before, where it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address: string | AddressInfo | null = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Ends all connections and takes no more, as a server that is gone. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.hangUp();
    await closed;
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket): void {
    this.#sockets.add(client);
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.once('close', () => {
      this.#sockets.delete(client);
      server.destroy();
    });
    server.once('close', () => client.destroy());
    const awaited = new Map<number, Intervention>();
    const [requests, replies] = [new WireReader(), new WireReader()];
    client.on('data', (chunk: Buffer) => {
      for (const message of requests.push(chunk)) this.#request(message, client, server, awaited);
    });
    server.on('data', (chunk: Buffer) => {
      for (const message of replies.push(chunk)) void pass(message, client, awaited);
    });
  }

  #request(message: WireMessage, client: Socket, server: Socket, awaited: Map<number, Intervention>): void {
    const command = message.body === null ? null : commandOf(message.body);
    if (command === null || OWN_AFFAIRS.has(command.name)) {
      server.write(message.bytes);
      return;
    }
    this.commands.push(command);
    const intervention = this.intervene(command);
    if (typeof intervention === 'object' && intervention !== null && 'reply' in intervention) {
      client.write(replyTo(message.requestId, intervention.reply));
      return;
    }
    awaited.set(message.requestId, intervention);
    server.write(message.bytes);
  }
}

async function pass(message: WireMessage, client: Socket, awaited: Map<number, Intervention>): Promise<void> {
  const intervention = awaited.get(message.responseTo) ?? null;
  awaited.delete(message.responseTo);
  if (intervention === 'silence') return;
  if (intervention === null) {
    client.write(message.bytes);
    return;
  }
  if ('rewrite' in intervention) client.write(intervention.rewrite(message.bytes));
  if ('delayMs' in intervention) {
    await delay(intervention.delayMs, undefined, { ref: false });
    if (!client.destroyed) client.write(message.bytes);
  }
  if ('cutAfter' in intervention)
    client.write(message.bytes.subarray(0, intervention.cutAfter), () => client.destroy());
}

function commandOf(body: Document): SentCommand {
  const [name, value] = Object.entries(body)[0] ?? ['', null];
  return { name, collection: typeof value === 'string' ? value : String(body.collection ?? ''), body };
}
