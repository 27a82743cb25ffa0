import type pg from 'pg';
import { toSourceError } from './faults.ts';

/** A statement with a name is prepared once a connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * The time-out is longer than any honest pause between two statements; it ends the locks of a gateway that vanished
 * without a word. Plans are made and kept while the tables are small, and must still hold when they are not.
 */
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10min';
  SET LOCAL enable_seqscan = off; SET LOCAL jit = off`;

/** One number for every gateway, whatever its version. */
const PURGE_LOCK = 5_201_733_490_218;

/**
 * How a transaction begins. Loads run beside each other, and a purge beside none: while rows may vanish, no order of
 * locks keeps loads from waiting for each other in a circle. A purge waits a second at most, since loads queue behind it.
 */
const FIRST_STATEMENTS = {
  read: BEGIN,
  load: `${BEGIN}; SELECT pg_advisory_xact_lock_shared(${PURGE_LOCK})`,
  purge: `${BEGIN}; SET LOCAL lock_timeout = '1s'; SELECT pg_advisory_xact_lock(${PURGE_LOCK})`,
} as const;
export type TransactionKind = keyof typeof FIRST_STATEMENTS;

/** One transaction on a connection of its own, which begins with its first statement. What fails is a SourceError. */
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

  /** Resolves when the server has written it down. */
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
    // A connection that breaks between two statements fails the next one; unheard it would end the process.
    if (client.listenerCount('error') === 0) client.on('error', () => {});
    await client.query(FIRST_STATEMENTS[this.#kind]);
    return client;
  }
}
