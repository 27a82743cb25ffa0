import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { normaliseUrl } from '../../adapters/contract/time-and-url.ts';

/** Rows that go to the server at once. */
const BATCH = 2000;

/** The columns of a table that a row can be given with, by what the rows are called. */
export type RowTable = 'checkouts' | 'builds' | 'tests' | 'issues' | 'incidents' | 'test_logs' | 'build_logs';

/**
 * Writes flat rows (`environment_misc`, `number_value`) straight into a table: much faster than a load, which merges.
 * What the columns beside KCIDB's hold follows from them: `timestamp` and `first_known` are `at`.
 */
export async function loadRows(url: string, table: RowTable, rows: AsyncIterable<object>, at: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    const { rows: columns } = await client.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns
       WHERE table_name = $1 AND table_schema = 'public' AND is_generated = 'NEVER' ORDER BY ordinal_position`,
      [table],
    );
    const names = columns.map((column) => column.column_name).join(', ');
    const insert = `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1::json)`;
    let count = 0;
    let batch: object[] = [];
    const flush = async () => {
      if (batch.length === 0) return;
      await client.query({ name: 'insert', text: insert, values: [JSON.stringify(batch)] });
      count += batch.length;
      batch = [];
    };
    for await (const row of rows) {
      batch.push({ timestamp: at, first_known: at, newest: false, ...derived(row), ...row });
      if (batch.length === BATCH) await flush();
    }
    await flush();
    return count;
  } finally {
    await client.end();
  }
}

/** A row a line. */
export async function* ndjsonRows(file: string): AsyncGenerator<object> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line);
  }
}

/** Which version of an issue is the newest is known when all are there. */
export async function markNewestIssues(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `UPDATE issues i SET newest = true WHERE version = (SELECT max(n.version) FROM issues n WHERE n.id = i.id)`,
    );
  } finally {
    await client.end();
  }
}

function derived(row: object): object {
  const has = (start: string) => Object.keys(row).some((key) => key.startsWith(start));
  return {
    ...(has('environment_') ? { environment_present: true } : {}),
    ...(has('culprit_') ? { culprit_present: true } : {}),
    ...('git_repository_url' in row && typeof row.git_repository_url === 'string'
      ? { repository_key: normaliseUrl(row.git_repository_url) }
      : {}),
  };
}
