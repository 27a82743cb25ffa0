import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseExactJson } from '../../../adapters/contract/exact-json.ts';
import { watchTurns } from '../../support/held-turns.ts';
import { execute, usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';
import type { Sending, Sent } from './request-sender.ts';
import { LIMITS } from './start-server.ts';

/** Milliseconds of CPU for which a turn of the event loop may be held: 50, and as much again for a slow machine. */
const MOST = 100;
const BUILDS = 200;
const TESTS = 498;

const postgres = usePostgres();
let gateway: NativeGateway;
let sender: Worker;
beforeAll(async () => {
  const url = await postgres.migrated();
  await execute(
    url,
    `INSERT INTO builds (id, origin, checkout_id, timestamp, start_time)
     SELECT 'acme:b' || n, 'acme', 'acme:c', now(), timestamptz '2026-01-01' + n * interval '1 second'
     FROM generate_series(1, ${BUILDS}) AS n;
     INSERT INTO tests (id, origin, build_id, timestamp, start_time, path, misc)
     SELECT 'acme:t' || n, 'acme', 'acme:b' || 1 + n % ${BUILDS}, now(),
        timestamptz '2026-01-01' + n * interval '1 second', 'suite.prüfung' || n % 23, CASE WHEN n % 500 = 0 THEN '{"serial": 12345678901234567891}'::jsonb END
     FROM generate_series(1, ${BUILDS * TESTS}) AS n;`,
  );
  await execute(url, 'VACUUM ANALYZE');
  gateway = await startNativeGateway(url, {
    timeout: 60_000,
    config: { limits: { ...LIMITS, deadline: 60_000 } },
  });
  sender = new Worker(new URL('request-sender.ts', import.meta.url));
}, 120_000);
afterAll(async () => {
  await sender?.terminate();
  await gateway?.close();
});

async function ask(query: string): Promise<Sent> {
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify({ query }));
  const answered = once(sender, 'message');
  sender.postMessage({ url: `${gateway.url}/graphql`, headers, body } satisfies Sending);
  const [sent]: Sent[] = await answered;
  if (sent === undefined) throw new Error('The sender gave no answer.');
  return sent;
}

it('an answer of 100,000 objects holds no turn of the event loop for long, and is the JSON that it would be in one go', async () => {
  const query = `{ builds(first: ${BUILDS}) { nodes { id tests(first: ${TESTS}) { nodes { id path startTime misc } } } } }`;
  let least = Number.POSITIVE_INFINITY;
  // graphql-js executes the first time, and generated code from then on; what else is compiled does not count.
  for (let time = 0; time < 3; time++) {
    const turns = watchTurns();
    const { text, status } = await ask(query);
    const [longest = 0] = await turns.end();
    least = Math.min(least, longest);
    expect(status).toBe(200);
    const answer = parseExactJson<{ data: { builds: { nodes: { tests: { nodes: object[] } }[] } } }>(text);
    expect(JSON.stringify(answer) === text).toBe(true);
    expect(answer.data.builds.nodes.map(({ tests }) => tests.nodes.length)).toEqual(Array(BUILDS).fill(TESTS));
    expect(text).toContain('"serial":12345678901234567891');
  }
  expect(least).toBeLessThan(MOST);
}, 120_000);
