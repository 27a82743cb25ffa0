import { connect } from 'node:net';
import type { PoolClient } from 'pg';

/** The number by which PostgreSQL's protocol knows a request to cancel. */
const CANCEL_REQUEST = 80_877_102;

/**
 * Asks the server to stop the statement that a connection runs. It is a connection of its own, without a login and
 * outside the pool, so that it comes through when all connections are busy; a pooler passes it on. Resolves when the
 * server has taken note, or could not be reached; the statement then fails, or had already finished.
 */
export async function cancelStatement(client: PoolClient): Promise<void> {
  const key = backendKey(client);
  if (key === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(key.processId, 8);
  request.writeInt32BE(key.secret, 12);
  await new Promise<void>((resolve) => {
    const socket = connect(key.address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => socket.end(request));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

interface BackendKey {
  readonly processId: number;
  readonly secret: number;
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
}

/** What the server gave the connection at its start. The types of `pg` leave these properties out. */
function backendKey(client: PoolClient): BackendKey | null {
  const { processID, secretKey, host, port }: Partial<Record<string, unknown>> = { ...client };
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return null;
  if (typeof host !== 'string' || typeof port !== 'number') return null;
  const address = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  return { processId: processID, secret: secretKey, address };
}
