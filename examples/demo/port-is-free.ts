import { once } from 'node:events';
import { createServer } from 'node:net';

/** Looks before all else is started for nothing. @throws where somebody listens there already */
export async function portIsFree(port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    throw new Error(`The port ${port} of 127.0.0.1 cannot be had: name another by --port, or 0 for any that is free.`);
  }
  server.close();
  await once(server, 'close');
}
