import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { SpoolLimits } from '../../../gateway/ingest/queue.ts';
import { createSubmissionDoor, type RunningSubmissionDoor } from '../../../gateway/ingest/service.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { openNativeStore, SILENT } from './native-store.ts';

export const SECRET = 'a secret of the tests that is long enough';

export interface TestDoor {
  readonly door: RunningSubmissionDoor;
  readonly folder: string;
  /** Rows of a query on the database behind the door. */
  rows(sql: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A door over the native store on a database; `folder` is its spool, a new one by default. */
export async function openDoor(
  url: string,
  folder?: string,
  bodyBytes = 512 * 2 ** 20,
  spool?: SpoolLimits,
): Promise<TestDoor> {
  const spoolDir = folder ?? join(await temporaryFolder(), 'submissions');
  const { store, stop } = await openNativeStore(url);
  const door = createSubmissionDoor({
    store,
    secrets: [SECRET],
    open: false,
    limits: { bodyBytes },
    spool,
    spoolDir,
    log: SILENT,
  });
  return {
    door,
    folder: spoolDir,
    rows: (sql) => rowsOf(url, sql),
    close: async () => {
      await door.close();
      await stop();
      if (folder === undefined) await rm(join(spoolDir, '..'), { recursive: true, force: true });
    },
  };
}

export async function rowsOf(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
