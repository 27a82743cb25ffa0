import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exampleConfiguration, NGINX, type Nginx, startNginx } from '../../support/nginx/start-nginx.ts';
import { startServer, type TestServer } from './start-server.ts';

const REQUEST = 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n';

async function open({ url }: TestServer): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket.setEncoding('utf8');
}

/** The head of the next answer. */
async function head(socket: Socket): Promise<string> {
  let text = '';
  while (!text.includes('\r\n\r\n')) text += String((await once(socket, 'data'))[0]);
  return text.slice(0, text.indexOf('\r\n\r\n')).toLowerCase();
}

describe('an idle connection', () => {
  it('lives longer than proxies keep theirs', async () => {
    await using server = await startServer();
    const socket = await open(server);
    socket.write(REQUEST);
    expect(await head(socket)).toMatch(/^keep-alive: timeout=75$/m);
    socket.destroy();
  });

  it('is closed at drain, behind a request that was on its way', async () => {
    const server = await startServer();
    const [idle, used] = [await open(server), await open(server)];
    for (const socket of [idle, used]) {
      socket.write(REQUEST);
      await head(socket);
    }
    const ended = [once(idle, 'end'), once(used, 'end')];
    const closed = server.close();
    // As from a proxy that does not know yet.
    used.write(REQUEST);
    expect(await head(used)).toMatch(/^connection: close$/m);
    await Promise.all(ended);
    await closed;
  });

  it('is not begun by an answer that is under way when the draining begins', async () => {
    const server = await startServer();
    const socket = await open(server);
    const body = JSON.stringify({ query: '{ beds { name } }' });
    const head1 = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`;
    socket.write(head1);
    // The server has taken the request.
    expect(await head(socket)).toContain('100 continue');
    const closed = server.close();
    socket.write(body);
    expect(await head(socket)).toMatch(/^connection: close$/m);
    await once(socket, 'end');
    await closed;
  });
});

const reason = 'behind nginx';
if (NGINX === null)
  console.log(`Not tested: connections ${reason}, since it is not there (test/support/nginx/install.sh).`);

describe.skipIf(NGINX === null)(`a gateway ${reason}`, () => {
  /** The operators' example, in front of these, quicker and without TLS. */
  function nginxBefore(servers: readonly TestServer[], keepAlive: string): Promise<Nginx> {
    const [one = '', other = one] = servers.map(({ url }) => new URL(url).host);
    return startNginx((port) =>
      exampleConfiguration()
        .replace('127.0.0.1:4000', one)
        .replace('127.0.0.1:4001', other)
        .replaceAll('fail_timeout=5s', 'fail_timeout=1s')
        .replace('keepalive 32;', `keepalive 32; keepalive_timeout ${keepAlive};`)
        .replace('listen 443 ssl http2', `listen 127.0.0.1:${port}`)
        .replaceAll(/ssl_certificate.*;/g, ''),
    );
  }

  /** POST: what was sent once is not sent again by a proxy, so that a lost connection shows. */
  async function post({ url }: Nginx): Promise<number> {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ beds { name } }"}',
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  it('loses no request over idle gaps about as long as the proxy keeps connections', async () => {
    // 75 s and the 60 s of nginx, forty times as fast.
    await using server = await startServer({ config: { keepAliveTimeout: 1_875 } });
    await using nginx = await nginxBefore([server], '1500ms');
    const clients = Array.from({ length: 30 }, async (_, client) => {
      const statuses: number[] = [];
      for (const gap of [0, 1_450 + 4 * client, 1_500, 1_780 + 6 * client]) {
        await delay(gap);
        statuses.push(await post(nginx));
      }
      return statuses;
    });
    expect(new Set((await Promise.all(clients)).flat())).toEqual(new Set([200]));
  });

  it('loses no request while one of two gateways is restarted', async () => {
    let restarted = await startServer();
    await using other = await startServer();
    await using nginx = await nginxBefore([restarted, other], '60s');
    const stop = new AbortController();
    const statuses: number[] = [];
    const clients = Array.from({ length: 10 }, async () => {
      while (!stop.signal.aborted) statuses.push(await post(nginx));
    });
    const come = async (more: number) => {
      const before = statuses.length;
      await expect.poll(() => statuses.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(before + more);
    };
    for (let round = 0; round < 3; round++) {
      await come(100);
      const listen = { host: '127.0.0.1', port: Number(new URL(restarted.url).port) };
      await restarted.close();
      await come(50);
      restarted = await startServer({ config: { listen } });
    }
    await come(100);
    stop.abort();
    await Promise.all(clients);
    await restarted.close();
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
