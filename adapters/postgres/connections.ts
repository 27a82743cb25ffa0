import pg from 'pg';
import type { Logger } from '../adapter.ts';
import { parseExactJson } from '../kit/exact-json.ts';
import { CheckedClient } from './checked-answers.ts';

const BIGINT = 20;
const TIMESTAMPTZ = 1184;
const JSON_TEXT = 114;
const JSONB = 3802;

/** Issue versions fit a number; a time stays text, since a Date loses its microseconds; integers in JSON keep their digits. */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === BIGINT) return Number;
  if (oid === TIMESTAMPTZ) return String;
  if (oid === JSON_TEXT || oid === JSONB) return (text: string) => parseExactJson(text);
  return pg.types.getTypeParser(oid, format);
}

/** A pool that connects when it is first used. `timeout`: milliseconds to wait for a connection. */
export function openPool(url: string, max: number, timeout: number, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    Client: CheckedClient,
    connectionString: url,
    max,
    connectionTimeoutMillis: timeout,
    application_name: 'kcigraph',
    keepAlive: true,
    types: { getTypeParser: parserOf },
  });
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'An idle connection to the database was lost.'));
  // One that is lost at work says so besides failing its statement: the pool listens only to those that are idle.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A connection that failed is not used again. */
export async function withClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
