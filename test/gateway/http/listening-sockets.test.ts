import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ListeningSockets } from '../../../gateway/http/connections.ts';

const CONNECTIONS = 300;
const opened: { readonly server: Server; readonly sockets: ListeningSockets }[] = [];
const clients: Socket[] = [];

async function listen(port = 0): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_, response) => response.end());
  const sockets = new ListeningSockets(server);
  opened.push({ server, sockets });
  await sockets.listen(port, '127.0.0.1');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen.');
  return { server, port: address.port };
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const { sockets } of opened.splice(0)) await sockets.close();
});

it.runIf(process.platform === 'linux')('accepts many connections in a turn of a busy event loop', async () => {
  const { server, port } = await listen();
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  for (let count = 0; count < CONNECTIONS; count += 1) clients.push(connect(port, '127.0.0.1'));
  let turns = 0;
  while (accepted < CONNECTIONS && turns < CONNECTIONS) {
    for (const end = performance.now() + 2; performance.now() < end; );
    await new Promise(setImmediate);
    turns += 1;
  }
  expect(accepted).toBe(CONNECTIONS);
  expect(turns).toBeLessThan(CONNECTIONS / 3);
});

it('does not share its port with another server', async () => {
  const { port } = await listen();
  await expect(listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('accepts nothing more once it is closed', async () => {
  const { port } = await listen();
  for (const { sockets } of opened.splice(0)) await sockets.close();
  const client = connect(port, '127.0.0.1');
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve));
  expect(error.code).toBe('ECONNREFUSED');
});
