import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, Logger } from '../../adapters/contract/adapter.ts';
import type { ByteBudgetError, ByteShare } from '../federation/byte-budget.ts';

/** One request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without the query. */
  readonly path: string;
  /** With its `?`; empty for none. */
  readonly search: string;
  readonly requestId: string;
  readonly log: Logger;
  /** Milliseconds without a byte of the body after which nobody waits for the rest. */
  readonly idleTimeout: number;
  /** Aborts when the client has gone before it was answered. */
  readonly signal: AbortSignal;
  /** What the request holds in memory; released when its response closes. */
  readonly memory: ByteShare;
  /** Milliseconds that a body waits for memory at most. */
  readonly memoryWait: number;
}

export type Handler = (exchange: Exchange) => Promise<void>;

/** What a route answers to. HEAD is GET without the body; what is not here is a 405. */
export interface Route {
  /** As the figures name it. */
  readonly name: string;
  readonly methods: { readonly [method: string]: Handler };
  /** It is answered however much there is to do: it tells how the gateway is. */
  readonly isAlwaysAnswered?: boolean;
  /** The body of an error of this route. */
  readonly errorBody: (status: number, error: HttpError) => unknown;
}

export interface HttpError {
  readonly message: string;
  readonly faults: readonly object[];
}

export interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
}

/** A request that is turned away: the status, and a sentence for a person. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];

  constructor(status: number, message: string, { headers = {}, faults = [] }: RefusalOptions = {}) {
    super(message);
    this.name = 'HttpRefusal';
    this.status = status;
    this.headers = headers;
    this.faults = faults;
  }
}

/** Seconds after which a client that found no memory should ask again. */
const RETRY_AFTER = 2;

/** A request for which there is no memory: 503, or 413 where it needs more than there ever is. */
export function memoryRefusal({ message, isTooLarge }: ByteBudgetError): HttpRefusal {
  if (isTooLarge) return new HttpRefusal(413, message);
  const headers = { 'retry-after': String(RETRY_AFTER), 'cache-control': 'no-store' };
  return new HttpRefusal(503, message, { headers });
}
