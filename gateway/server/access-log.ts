import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../adapters/adapter.ts';

export interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly requestId: string;
  readonly ms: number;
  /** The client was gone before it was answered. */
  readonly gone: boolean;
}

/** One line a request. Neither headers nor queries: they may hold tokens, and bodies are not ours to keep. */
export function logAccess(log: Logger, trustProxy: boolean, answered: Answered): void {
  const { request, response, path, requestId, ms, gone } = answered;
  log.info(
    {
      requestId,
      method: request.method,
      path: path.slice(0, 200),
      status: gone ? null : response.statusCode,
      ms: Math.round(ms * 10) / 10,
      client: clientOf(request, trustProxy),
    },
    gone ? 'client gone' : 'answered',
  );
}

function clientOf(request: IncomingMessage, trustProxy: boolean): string | null {
  const forwarded = trustProxy ? [request.headers['x-forwarded-for'] ?? []].flat().join(',') : '';
  // The last one is what our own proxy saw; those before it, the client may have made up.
  const last = forwarded.split(',').at(-1)?.trim().slice(0, 64);
  return last || (request.socket.remoteAddress ?? null);
}
