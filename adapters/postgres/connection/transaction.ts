import type pg from 'pg';
import { toSourceError } from './faults.ts';

/** A statement with a name is prepared once on each connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * The time-out is longer than any normal pause between two statements; it releases the locks of a gateway that vanished
 * without closing its connection. The server makes and keeps plans while the tables are small, and they must still be
 * good when the tables have grown.
 */
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10min';
  SET LOCAL enable_seqscan = off; SET LOCAL jit = off`;

/** Every gateway of every version uses this number. */
const PURGE_LOCK = 5_201_733_490_218;

/**
 * How a transaction begins. Loads run at the same time as other loads, a purge only alone: while rows may vanish, no order
 * of locks rules out deadlocks between loads. A purge waits a second at most, since loads queue behind it.
 */
const FIRST_STATEMENTS = {
  read: BEGIN,
  load: `${BEGIN}; SELECT pg_advisory_xact_lock_shared(${PURGE_LOCK})`,
  purge: `${BEGIN}; SET LOCAL lock_timeout = '1s'; SELECT pg_advisory_xact_lock(${PURGE_LOCK})`,
} as const;
export type TransactionKind = keyof typeof FIRST_STATEMENTS;

/** One transaction, on a separate connection. It begins with its first statement. Every failure is a SourceError. */
export class Transaction {
  readonly #pool: () => Promise<pg.Pool>;
  readonly #prepare: boolean;
  readonly #kind: TransactionKind;
  #client: pg.PoolClient | null = null;

  constructor(pool: () => Promise<pg.Pool>, prepare: boolean, kind: TransactionKind) {
    this.#pool = pool;
    this.#kind = kind;
    this.#prepare = prepare;
  }

  async run<R extends pg.QueryResultRow>(statement: NamedStatement, values: readonly unknown[]): Promise<readonly R[]> {
    try {
      const client = await this.#begun();
      const { rows } = await client.query<R>({
        ...(this.#prepare ? { name: statement.name } : {}),
        text: statement.text,
        values: [...values],
      });
      return rows;
    } catch (error) {
      throw toSourceError(error);
    }
  }

  /** Statements without values, which are not prepared. */
  async execute(sql: string): Promise<readonly pg.QueryResultRow[]> {
    try {
      return (await (await this.#begun()).query<pg.QueryResultRow>(sql)).rows;
    } catch (error) {
      throw toSourceError(error);
    }
  }

  /** Resolves when the server has made the transaction durable. */
  async commit(): Promise<void> {
    try {
      await (await this.#begun()).query('COMMIT');
      this.#client?.release();
      this.#client = null;
    } catch (error) {
      throw toSourceError(error);
    }
  }

  /** Does nothing after a commit. */
  async rollback(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    try {
      await client.query('ROLLBACK');
      client.release();
    } catch {
      // The connection is gone, and with it the transaction.
      client.release(true);
    }
  }

  async #begun(): Promise<pg.PoolClient> {
    if (this.#client !== null) return this.#client;
    const client = await (await this.#pool()).connect();
    this.#client = client;
    // If a connection breaks between two statements, the next one fails; without a listener the process would end.
    if (client.listenerCount('error') === 0) client.on('error', () => {});
    await client.query(FIRST_STATEMENTS[this.#kind]);
    return client;
  }
}
