import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { AdapterEnv, Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { toSourceError } from '../connection/faults.ts';
import { cancelStatement } from '../connection/protocol.ts';
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
    const query = { text, values: [...values], ...(name === undefined ? {} : { name }) };
    return this.#env.upstream(call, async (signal) => {
      const readDeadline = new ReadDeadline(signal, call.deadline, options.advice);
      try {
        return await rowsOf<R>(await this.#connect(readDeadline), query, readDeadline, options.advice);
      } finally {
        readDeadline.end();
      }
    });
  }

  /** A connection that comes when nobody waits any more goes back to the pool. */
  async #connect(readDeadline: ReadDeadline): Promise<PoolClient> {
    if (readDeadline.isOver) return readDeadline.over;
    const connecting = this.#pool().then((pool) => pool.connect());
    try {
      return await Promise.race([readDeadline.over, connecting]);
    } catch (error) {
      if (readDeadline.isOver)
        void connecting.then(
          (client) => client.release(),
          () => undefined,
        );
      throw readDeadline.isOver ? error : toSourceError(error);
    }
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

/** The rows, or why there are none: at once when nobody waits any more, though the connection is not free yet. */
async function rowsOf<R extends object>(
  client: PoolClient,
  query: QueryConfig,
  readDeadline: ReadDeadline,
  advice: string | undefined,
): Promise<R[]> {
  const running = client.query<R>(query);
  const answered = running.then(
    ({ rows }) => rows,
    (error: unknown) => {
      throw isCancelled(error) ? timedOut(error, advice) : toSourceError(error);
    },
  );
  try {
    return await Promise.race([readDeadline.over, answered]);
  } finally {
    void free(client, running, readDeadline.isOver ? cancelStatement(client) : null);
  }
}

/** Gives the connection back when its statement has ended and no request to cancel can hit the next one. */
async function free(client: PoolClient, running: Promise<unknown>, cancelled: Promise<void> | null): Promise<void> {
  const isUsable = running.then(() => true, isServerError);
  if (cancelled === null) return client.release(!(await isUsable));
  await cancelled;
  client.release(!(await Promise.race([isUsable, delay(GRACE_MS, false, { ref: false })])));
}

/** After an error that the server itself reported, the connection is as good as before. */
function isServerError(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && error.severity === 'ERROR';
}

function isCancelled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}

/** Milliseconds; a timer holds no more. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** How long one read is waited for: until its signal aborts, or its time is over. */
export class ReadDeadline {
  /** Rejects with the reason, and is never fulfilled. */
  readonly over: Promise<never>;
  isOver = false;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #stop: (reason: unknown) => void;

  constructor(signal: AbortSignal, deadline: number, advice: string | undefined) {
    const { promise, reject } = Promise.withResolvers<never>();
    // Whoever waits for it learns of it; nobody may be waiting yet.
    promise.catch(() => undefined);
    this.over = promise;
    this.#signal = signal;
    this.#stop = (reason) => {
      this.isOver = true;
      reject(reason);
    };
    const left = deadline - Date.now();
    // A little early, so that the answer says why before nobody waits any more.
    const wait = Math.max(1, Math.min(left - Math.min(100, left / 10), LONGEST_WAIT));
    this.#timer = setTimeout(() => this.#stop(timedOut(undefined, advice)), wait);
    signal.addEventListener('abort', this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#stop(this.#signal.reason);
}

/** @param advice for the person whose read met its time-out: the end of a sentence */
export function timedOut(cause: unknown, advice: string | undefined): SourceError {
  const sentence = 'The database did not finish in time';
  return new SourceError('SOURCE_TIMEOUT', `${sentence}${advice === undefined ? '.' : `: ${advice}.`}`, { cause });
}
