import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer, type TestServer } from './start-server.ts';

async function open({ url }: TestServer): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('a client that is slower than 1 KiB/s', () => {
  it('is cut while it sends its body byte by byte', async () => {
    await using server = await startServer({ config: { rateWindow: 300 } });
    const socket = await open(server);
    socket.resume();
    const type = 'content-type: application/json\r\ncontent-length: 100000\r\n\r\n';
    socket.write(`POST /graphql HTTP/1.1\r\nhost: localhost\r\n${type}`);
    const drip = setInterval(() => socket.write(' '), 20);
    onTestFinished(() => clearInterval(drip));
    await once(socket, 'close');
  });

  it('is cut while it does not read a page, which is kept once for all of them', async () => {
    let gone = 0;
    const count = (fields: object) => {
      if ('status' in fields && fields.status === null) gone += 1;
    };
    const log = { debug: count, info: count, warn: count, error: count };
    await using server = await startServer({ config: { rateWindow: 300 }, log });
    await fetch(`${server.url}/graphiql`, { headers: { accept: 'text/html' } }).then((answer) => answer.text());
    const before = process.memoryUsage().rss;
    const sockets = await Promise.all(Array.from({ length: 40 }, () => open(server)));
    for (const socket of sockets) {
      socket.pause();
      socket.write(
        'GET /graphiql HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\naccept-encoding: identity\r\n\r\n',
      );
    }
    await expect.poll(() => gone, { timeout: 10_000 }).toBe(40);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(150);
  });
});

describe('clients that send their bodies slowly give way', () => {
  /** Connections that have sent so many bytes of a body of 100,000. Gives those. */
  async function begin(server: TestServer, connections: number, sent: number): Promise<readonly Socket[]> {
    const sockets = await Promise.all(Array.from({ length: connections }, () => open(server)));
    const type = 'content-type: application/json\r\ncontent-length: 100000\r\n\r\n';
    for (const socket of sockets) {
      socket.resume();
      socket.write(`POST /graphql HTTP/1.1\r\nhost: localhost\r\n${type}${' '.repeat(sent)}`);
    }
    return sockets;
  }

  const ask = async (server: TestServer, blanks: number) => {
    const headers = { 'content-type': 'application/json' };
    const body = `${JSON.stringify({ query: '{ __typename }' })}${' '.repeat(blanks)}`;
    const answer = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
    return answer.status;
  };

  it('to requests that find no place free', async () => {
    await using server = await startServer({ limits: { inFlight: 4 }, config: { drainTimeout: 100 } });
    const sockets = await begin(server, 4, 0);
    const drip = setInterval(() => {
      for (const socket of sockets) socket.write(' '.repeat(120));
    }, 100);
    onTestFinished(() => clearInterval(drip));
    await expect.poll(() => ask(server, 0), { timeout: 10_000 }).toBe(503);
    await expect.poll(() => ask(server, 0), { timeout: 10_000 }).toBe(200);
  });

  it('to requests whose bodies wait for memory', async () => {
    await using server = await startServer({ limits: { inFlightBytes: 4 * 50_000 }, config: { drainTimeout: 100 } });
    await begin(server, 2, 22_000);
    await expect.poll(() => ask(server, 0), { timeout: 10_000 }).toBe(200);
    await expect(ask(server, 20_000)).resolves.toBe(200);
  });
});
