import type { Logger } from '../../adapters/adapter.ts';
import type { Executor } from '../execution/executor.ts';
import type { Limits } from '../execution/limits.ts';
import type { Registry } from '../federation/registry.ts';
import type { SubmissionDoor } from '../submission/submission-door.ts';
import type { ExampleQuery } from './example-queries.ts';
import type { Metrics } from './metrics.ts';

/** The part of the configuration that the server reads. */
export interface ServerConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits: Limits;
  /** Origins of web pages that may ask, `['*']` for all; none where it is absent or empty. */
  readonly cors?: readonly string[];
  /** Believe `X-Forwarded-For` when it comes to the client's address in the log. */
  readonly trustProxy?: boolean;
  /** What GraphiQL opens with; what kcigraph brings where it is absent or null. */
  readonly tabs?: readonly ExampleQuery[] | null;
  /** Null: no submissions. `open`: without a token too; then /submit takes only requests whose `Host` is this machine. */
  readonly submit: { readonly open: boolean } | null;
  /** Milliseconds that requests under way are given when the server stops; 10 s where absent. */
  readonly drainTimeout?: number;
  /** Milliseconds that an idle connection stays open; 75 s where absent. */
  readonly keepAliveTimeout?: number;
  /** Milliseconds without a byte after which a half-sent body is given up; a minute where absent. */
  readonly idleTimeout?: number;
  /** Milliseconds over which a body must come, and an answer be taken, at 1 KiB/s at least; 20 s where absent. */
  readonly rateWindow?: number;
}

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly registry: Registry;
  readonly submission: SubmissionDoor;
  readonly log: Logger;
  /** Executes kcigraph's own schema where absent. */
  readonly executor?: Executor;
  /** Of this process; a fresh one where absent. Give the one whose `sources` hook the registry has. */
  readonly metrics?: Metrics;
}

export interface GatewayServer {
  /** Rejects with one sentence where the address cannot be had. */
  listen(): Promise<void>;
  /**
   * Answers by another configuration and other sources from the next request on; where it listens stays as it is. `over`
   * resolves when the requests that began before have ended: what they were answered from may be stopped then.
   */
  replace(next: Pick<ServerOptions, 'config' | 'registry'>): Promise<{ readonly over: Promise<void> }>;
  /** Takes no new requests, gives those under way their time, and ends them then. A second call ends them at once. */
  close(): Promise<void>;
  /** Such as `http://127.0.0.1:4000`; null while it does not listen. */
  readonly address: string | null;
}
