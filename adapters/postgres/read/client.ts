import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { AdapterEnv, Call } from '../../contract/adapter.ts';
import { toSourceError } from '../connection/faults.ts';
import { CheckedClient, cancelStatement } from '../connection/protocol.ts';
import { ReadDeadline, timedOut } from './read-deadline.ts';
import { ReadMemory } from './read-memory.ts';
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

/** Runs the statements of reads: one round trip each, without session state. */
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
      const deadline = new ReadDeadline(signal, call.deadline, options.advice);
      try {
        return await rowsOf<R>(await this.#connect(deadline), query, { deadline, call, advice: options.advice });
      } finally {
        deadline.end();
      }
    });
  }

  /** A connection that comes after the deadline goes back to the pool. */
  async #connect(deadline: ReadDeadline): Promise<PoolClient> {
    if (deadline.isExpired) return deadline.expired;
    const connecting = this.#pool().then((pool) => pool.connect());
    try {
      return await Promise.race([deadline.expired, connecting]);
    } catch (error) {
      if (deadline.isExpired)
        void connecting.then(
          (client) => client.release(),
          () => undefined,
        );
      throw deadline.isExpired ? error : toSourceError(error);
    }
  }

  #nameOf(text: string): string | undefined {
    let name = this.#names.get(text);
    if (name === undefined && this.#names.size < MAX_PREPARED) {
      // Derived from the text, since other programs may prepare statements on the same connections.
      name = `kcigraph_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
      this.#names.set(text, name);
    }
    return name;
  }
}

/** The rows of a statement. At the deadline it throws at once, before the connection is free. */
async function rowsOf<R extends object>(
  client: PoolClient,
  query: QueryConfig,
  { deadline, call, advice }: { deadline: ReadDeadline; call: Call; advice: string | undefined },
): Promise<R[]> {
  const memory = new ReadMemory(call, deadline);
  if (client instanceof CheckedClient) client.onRead = memory.take;
  const running = client.query<R>(query).then(async (result) => {
    // Until then the connection rests.
    await memory.pending;
    return result;
  });
  const answered = running.then(
    ({ rows }) => rows,
    (error: unknown) => {
      throw isCancelled(error) ? timedOut(error, advice) : toSourceError(error);
    },
  );
  try {
    return await Promise.race([deadline.expired, answered]);
  } finally {
    if (client instanceof CheckedClient) client.onRead = null;
    void free(client, running, deadline.isExpired ? cancelStatement(client) : null);
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
