import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('distinct-queries-process.ts', import.meta.url));
/** Each takes about two megabytes when it is parsed and compiled. */
const QUERIES = 100;

it('a small heap holds what is kept of any number of distinct queries', async () => {
  const heap = '--max-old-space-size=190';
  const { stdout } = await promisify(execFile)(process.execPath, [heap, PROGRAM, String(QUERIES)], {
    timeout: 120_000,
  });
  expect(JSON.parse(stdout)).toEqual({ compiled: QUERIES });
}, 120_000);
