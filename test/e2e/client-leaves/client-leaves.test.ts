import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultyServer, hangBeforeHeaders } from '../../support/faulty-server.ts';
import { usePostgres } from '../../support/postgres.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { documentOf } from '../faults/two-halves.ts';

const CLIENTS = 5;
const EVERYTHING = '{ tests(first: 5) { nodes { id } } }';

const postgres = usePostgres();
const server = new FaultyServer(documentOf(0));
let gateway: ServedGateway;
let watcher: pg.Client;

beforeAll(async () => {
  await server.listen();
  const url = await postgres.migrated();
  watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  const sources = `native: { adapter: postgres, url: "${url}" }, file: { adapter: file, url: "${server.url}", freshness: 0 }`;
  gateway = await ServedGateway.start(`sources: { ${sources} }\nsubmit: { into: native, openSubmit: true }\n`);
  await gateway.ask(EVERYTHING);
});

afterAll(async () => {
  await watcher.end();
  expect(await gateway.stop()).toBe(0);
  await server.close();
});

async function waitingStatements(): Promise<number> {
  // Within a transaction the first answer would hold.
  await watcher.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await watcher.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  );
  return rows[0]?.count ?? 0;
}

describe('clients that go away', () => {
  it('take their statements and their requests with them, and those who stay are answered', async () => {
    server.fault = hangBeforeHeaders;
    await watcher.query('BEGIN');
    await watcher.query('LOCK TABLE tests IN ACCESS EXCLUSIVE MODE');
    const leaving = new AbortController();
    const left = Array.from({ length: CLIENTS }, (_, n) =>
      gateway.ask(EVERYTHING.replace('5', String(n + 1)), leaving.signal).catch(() => 'left'),
    );
    const staying = gateway.ask('{ tests(first: 9, sources: ["native"]) { nodes { id } } }');
    await expect.poll(waitingStatements, { timeout: 10_000 }).toBe(CLIENTS + 1);
    await expect.poll(() => server.sockets).toBeGreaterThan(0);
    leaving.abort();
    expect(await Promise.all(left)).toEqual(Array.from({ length: CLIENTS }, () => 'left'));
    await expect.poll(waitingStatements, { timeout: 3_000 }).toBe(1);
    // A request that nobody waits for ends with its connection.
    await expect.poll(() => server.sockets, { timeout: 3_000 }).toBe(0);
    await watcher.query('ROLLBACK');
    expect((await staying).errors).toEqual([]);
    server.fault = null;
    const { data, errors } = await gateway.ask(EVERYTHING);
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).toContain('lab:test');
    expect(await gateway.metric('kcigraph_http_request_seconds_count', 'status="499"')).toBe(CLIENTS);
  });

  it('leave nothing of a document that they did not send whole', async () => {
    const document = JSON.stringify({
      version: { major: 5, minor: 3 },
      checkouts: [{ id: 'acme:half', origin: 'acme' }],
    });
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = `POST /submit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${document.length}`;
    socket.write(`${head}\r\n\r\n${document.slice(0, -1)}`);
    await delay(200);
    socket.destroy();
    await expect.poll(() => gateway.metric('kcigraph_http_request_seconds_count', 'status="499"')).toBe(CLIENTS + 1);
    const { data } = await gateway.ask('{ checkout(id: "acme:half") { id } }');
    expect(data).toEqual({ checkout: null });
  });
});
