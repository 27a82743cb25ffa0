import { compress } from './compress.ts';
import { acceptedEncoding } from './content-encoding.ts';
import type { Exchange } from './exchange.ts';
import { send } from './send.ts';

/** Bytes below which compression saves no packet. */
const WORTH = 1_024;

/** Sends a whole body, compressed where the client takes that and it is worth it. `headers` hold no `vary`. */
export async function sendCompressed(
  { request, response, signal, memory }: Exchange,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  response.appendHeader('vary', 'Accept-Encoding');
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // A client that takes it slowly loses its connection where others wait for the memory.
  const cut = () => response.destroy();
  memory.answer(bytes.length, cut);
  const { best, identity } = acceptedEncoding(request.headers['accept-encoding']);
  if (best === 'identity' || (identity && bytes.length < WORTH))
    return send(response, status, contentType, bytes, headers);
  const smaller = await compress(bytes, best);
  if (signal.aborted) return;
  memory.answer(smaller.length, cut);
  send(response, status, contentType, smaller, { ...headers, 'content-encoding': best });
}
