import type { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { PoolClient } from 'pg';
import pg from 'pg';
import { isSliceOver, yieldToEventLoop } from '../../kit/yield-to-event-loop.ts';

/** Bytes of rows that are parsed well within a millisecond. */
const FEW_BYTES = 64 * 1024;
/** Code and length before each message. */
const HEAD = 5;
/** A database reports an error in a few lines. */
const MAX_REPORT = 16 * 1024 * 1024;
const ERROR = 'E'.charCodeAt(0);
const NOTICE = 'N'.charCodeAt(0);
const ROW = 'D'.charCodeAt(0);

/**
 * Checks what a server sends before the driver parses it. The driver's parser never ends in a report whose end is missing,
 * and what it throws at other damage cannot be caught by a caller, so it would end the process.
 */
export class AnswerCheck {
  /** Rows that have begun to come. */
  rows = 0;
  readonly #head = Buffer.alloc(HEAD);
  #headLength = 0;
  #left = 0;
  #report: Buffer[] | null = null;

  /** @throws {Error} where this is not what a PostgreSQL server says */
  see(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#headLength < HEAD) {
        const part = Math.min(HEAD - this.#headLength, chunk.length - at);
        chunk.copy(this.#head, this.#headLength, at, at + part);
        this.#headLength += part;
        at += part;
        if (this.#headLength < HEAD) return;
        this.#begin();
      } else {
        const part = Math.min(this.#left, chunk.length - at);
        this.#report?.push(chunk.subarray(at, at + part));
        this.#left -= part;
        at += part;
      }
      if (this.#left === 0) this.#end();
    }
  }

  #begin(): void {
    const code = this.#head[0];
    // The length counts itself.
    this.#left = this.#head.readUInt32BE(1) - 4;
    if (this.#left < 0) throw damaged();
    if (code === ROW) this.rows += 1;
    this.#report = code === ERROR || code === NOTICE ? [] : null;
    if (this.#report !== null && this.#left > MAX_REPORT) throw damaged();
  }

  #end(): void {
    if (this.#report !== null) checkReport(Buffer.concat(this.#report));
    this.#report = null;
    this.#headLength = 0;
  }
}

/** A client that closes a connection if the other side is not PostgreSQL. */
export class CheckedClient extends pg.Client {
  /**
   * Called with what came and how many rows began in it. Nothing more is read until what it returns resolves, and the
   * connection ends if it rejects.
   */
  onRead: ((chunk: Buffer, rows: number) => Promise<void> | null) | null = null;

  constructor(config?: pg.ClientConfig) {
    super(config);
    const { connection } = this;
    if (!('attachListeners' in connection) || typeof connection.attachListeners !== 'function') {
      throw new Error('This version of the driver has no method in which its answers can be checked.');
    }
    const attach = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream: Stream) =>
      attach(checked(stream, (chunk, rows) => this.onRead?.(chunk, rows) ?? null));
  }
}

type Stream = EventEmitter & { destroy(error: unknown): unknown; pause(): unknown; resume(): unknown };

/**
 * The driver asks for two events only. It parses rows as they arrive, and a socket gives up to 2 MB of them in one turn
 * of the event loop: it is paused as soon as they have taken a slice, and while their memory is waited for.
 */
function checked(
  stream: Stream,
  onRead: (chunk: Buffer, rows: number) => Promise<void> | null,
): Pick<EventEmitter, 'on'> {
  const check = new AnswerCheck();
  let parsed = 0;
  const sliceAfter = (bytes: number): Promise<void> | null => {
    parsed += bytes;
    // What is small goes on, though others used up the slice.
    if (parsed < FEW_BYTES || !isSliceOver()) return null;
    parsed = 0;
    return yieldToEventLoop();
  };
  return {
    on(event: string, listener: (chunk: Buffer) => void) {
      const guarded = (chunk: Buffer) => {
        try {
          const before = check.rows;
          check.see(chunk);
          listener(chunk);
          const wait = onRead(chunk, check.rows - before) ?? sliceAfter(chunk.length);
          if (wait === null) return;
          stream.pause();
          wait.then(
            () => stream.resume(),
            (error: unknown) => stream.destroy(error),
          );
        } catch (cause) {
          stream.destroy(damaged(cause));
        }
      };
      return stream.on(event, event === 'data' ? guarded : listener);
    },
  };
}

/** A report is a list of fields, each a letter and a text that ends with a zero byte. A zero byte ends the list. */
function checkReport(body: Buffer): void {
  for (let at = 0; body[at] !== 0; ) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) throw damaged();
    at = end + 1;
    if (at >= body.length) throw damaged();
  }
}

function damaged(cause?: unknown): Error {
  const error = new Error('What answered does not speak as PostgreSQL does.', { cause });
  return Object.assign(error, { code: 'EPROTO' });
}

/** The number by which PostgreSQL's protocol knows a request to cancel. */
const CANCEL_REQUEST = 80_877_102;

/**
 * Asks the server to stop the statement that a connection runs. The request uses a separate connection, without a login
 * and outside the pool, so that it works when all connections are busy; a connection pooler passes it on. Resolves when
 * the server has received it or cannot be reached. The statement then fails, unless it had already finished.
 */
export async function cancelStatement(client: PoolClient): Promise<void> {
  const key = backendKey(client);
  if (key === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(key.processId, 8);
  request.writeInt32BE(key.secret, 12);
  await new Promise<void>((resolve) => {
    const socket = connect(key.address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => socket.end(request));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

interface BackendKey {
  readonly processId: number;
  readonly secret: number;
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
}

/** The key that the server gave the connection when it began. The types of `pg` leave these properties out. */
function backendKey(client: PoolClient): BackendKey | null {
  const { processID, secretKey, host, port }: Partial<Record<string, unknown>> = { ...client };
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return null;
  if (typeof host !== 'string' || typeof port !== 'number') return null;
  const address = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  return { processId: processID, secret: secretKey, address };
}
