import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { AdapterEnv, Call } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { cancelStatement } from './cancel.ts';
import { toSourceError } from './database-fault.ts';
import { type Sql, toStatement } from './sql.ts';

/** Distinct texts that are prepared: each connection of the server keeps a plan of each. Rarer ones are parsed anew. */
const MAX_PREPARED = 200;
/** A statement that goes on this long after it was cancelled is given up together with its connection. */
const GRACE_MS = 1000;

/** How a statement is run. */
export interface RunOptions {
  /** The best plan depends on the values: it is never prepared, so that it is planned for them each time. */
  readonly planByValues?: boolean;
  /** For a person whose statement met its time-out. */
  readonly advice?: string;
}

/** Runs the statements of reads: one round trip each, without any state of a session. */
export class ReadClient {
  readonly #pool: () => Promise<Pool>;
  readonly #env: Pick<AdapterEnv, 'upstream'>;
  readonly #prepare: boolean;
  readonly #names = new Map<string, string>();

  constructor(pool: () => Promise<Pool>, env: Pick<AdapterEnv, 'upstream'>, prepare: boolean) {
    this.#pool = pool;
    this.#env = env;
    this.#prepare = prepare;
  }

  /**
   * The rows of a statement. At the call's deadline, or when nobody waits any more, it is cancelled on the server by the
   * protocol's own request: a `statement_timeout` would be state of a session, or take a transaction and more round trips.
   * @throws {SourceError}
   */
  async rows<R extends object>(call: Call, piece: Sql, options: RunOptions = {}): Promise<R[]> {
    const { text, values } = toStatement(piece);
    const name = this.#prepare && options.planByValues !== true ? this.#nameOf(text) : undefined;
    return this.#env.upstream(call, async (signal) => {
      const client = await this.#connect(signal);
      const running = client.query<R>({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      const stop = new Stop(client, signal, call.deadline);
      try {
        const { rows } = await Promise.race([running, stop.givenUp]);
        if (stop.sent !== null) await stop.sent;
        client.release();
        return rows;
      } catch (error) {
        running.catch(() => undefined);
        if (stop.sent !== null) await stop.sent;
        client.release(stop.isGivenUp || !isServerError(error));
        if (signal.aborted) throw signal.reason;
        throw stop.isLate || isCancelled(error) ? timedOut(error, options.advice) : toSourceError(error);
      } finally {
        stop.end();
      }
    });
  }

  async #connect(signal: AbortSignal): Promise<PoolClient> {
    signal.throwIfAborted();
    try {
      const pool = await this.#pool();
      const client = await pool.connect();
      if (!signal.aborted) return client;
      client.release();
    } catch (error) {
      throw toSourceError(error);
    }
    throw signal.reason;
  }

  #nameOf(text: string): string | undefined {
    let name = this.#names.get(text);
    if (name === undefined && this.#names.size < MAX_PREPARED) {
      // Of the text, since connections may be shared with whoever else prepares on them.
      name = `kcigraph_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
      this.#names.set(text, name);
    }
    return name;
  }
}

/** Cancels one statement when its signal aborts or its time is over. */
class Stop {
  /** Rejects where the statement goes on all the same. */
  readonly givenUp: Promise<never>;
  /** The request to cancel, while it is under way. The connection may serve nothing else before it has arrived. */
  sent: Promise<void> | null = null;
  isLate = false;
  isGivenUp = false;
  readonly #client: PoolClient;
  readonly #signal: AbortSignal;
  readonly #deadline: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #giveUp: (error: Error) => void = () => undefined;

  constructor(client: PoolClient, signal: AbortSignal, deadline: number) {
    this.#client = client;
    this.#signal = signal;
    this.givenUp = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    this.givenUp.catch(() => undefined);
    signal.addEventListener('abort', this.#cancel, { once: true });
    const left = deadline - Date.now();
    // A little early, so that the answer says why before nobody waits any more.
    this.#deadline = setTimeout(this.#expire, Math.max(1, Math.min(left - Math.min(100, left / 10), 2 ** 31 - 1)));
    if (signal.aborted) this.#cancel();
  }

  end(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    this.#signal.removeEventListener('abort', this.#cancel);
  }

  readonly #expire = (): void => {
    this.isLate = true;
    this.#cancel();
  };

  readonly #cancel = (): void => {
    if (this.sent !== null) return;
    this.sent = cancelStatement(this.#client);
    this.#grace = setTimeout(() => {
      this.isGivenUp = true;
      this.#giveUp(new Error('The statement went on after it was cancelled.'));
    }, GRACE_MS);
  };
}

function timedOut(cause: unknown, advice: string | undefined): SourceError {
  const sentence = 'The database did not finish in time';
  return new SourceError('SOURCE_TIMEOUT', `${sentence}${advice === undefined ? '.' : `: ${advice}.`}`, { cause });
}

/** After an error that the server itself reported, the connection is as good as before. */
function isServerError(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && error.severity === 'ERROR';
}

function isCancelled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}
