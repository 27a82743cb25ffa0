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
