import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { execute, usePostgres } from '../../support/postgres.ts';
import { startNativeGateway } from './native-gateway.ts';
import { ask, LIMITS, startServer } from './start-server.ts';

const postgres = usePostgres();
const TESTS = '{ tests { nodes { id } } }';
const BUILDS = '{ builds { nodes { id } } }';

async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function post(query: string): string {
  const body = JSON.stringify({ query });
  const length = `content-length: ${Buffer.byteLength(body)}`;
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${length}\r\n\r\n${body}`;
}

/** All that comes on a connection, until there are so many answers. */
async function answers(socket: Socket, count: number): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await expect.poll(() => text.match(/HTTP\/1\.1 \d+/g)?.length ?? 0, { timeout: 10_000 }).toBe(count);
  return text;
}

describe('requests that are pipelined on one connection', () => {
  it('are answered in their order', async () => {
    await using server = await startServer();
    const socket = await open(server.url);
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    socket.write(numbers.map((n) => post(`{ q${n}: __typename }`)).join(''));
    const text = await answers(socket, 100);
    expect(text.match(/(?<="q)\d+/g)?.map(Number)).toEqual(numbers);
  });

  it('wait with what is missing of the last body, which is read when its turn comes', async () => {
    await using server = await startServer();
    const socket = await open(server.url);
    const last = post(`{ last: __typename${' '.repeat(100_000)} }`);
    socket.write(post('{ one: __typename }') + post('{ two: __typename }') + last.slice(0, 50_000));
    socket.write(last.slice(50_000));
    const text = await answers(socket, 3);
    expect(text.match(/"(one|two|last)"/g)).toEqual(['"one"', '"two"', '"last"']);
  });

  it('hold one place among those that are worked on', async () => {
    const database = await postgres.migrated();
    const gateway = await startNativeGateway(database, { config: { limits: { ...LIMITS, inFlight: 3 } } });
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE tests IN ACCESS EXCLUSIVE MODE');
      const socket = await open(gateway.url);
      socket.write(post(TESTS).repeat(100));
      const waiting = async () => {
        const { rows } = await execute(database, 'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted');
        return Number(rows[0]?.n);
      };
      await expect.poll(waiting, { interval: 10, timeout: 10_000 }).toBe(1);
      for (let time = 0; time < 5; time += 1) expect((await ask(gateway.url, BUILDS)).status).toBe(200);
      expect(await waiting()).toBe(1);
      await client.query('ROLLBACK');
      const text = await answers(socket, 100);
      expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(100);
    } finally {
      await client.end();
      await gateway.close();
    }
  });

  it('end with their connection where there are far too many', async () => {
    await using server = await startServer();
    const socket = await open(server.url);
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(10_000));
    await closed;
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
