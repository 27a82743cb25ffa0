import { compress } from './compress.ts';
import { acceptedEncoding } from './content-encoding.ts';
import type { Exchange } from './exchange.ts';
import { type Body, lengthOf, piecesOf, send } from './send.ts';

/** Bytes below which compression saves no packet. */
const WORTH = 1_024;

/** Sends a whole body, compressed where the client takes that and it is worth it. `headers` hold no `vary`. */
export async function sendCompressed(
  { request, response, signal, memory }: Exchange,
  status: number,
  contentType: string,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  response.appendHeader('vary', 'Accept-Encoding');
  const pieces = piecesOf(body);
  // A client that takes it slowly loses its connection where others wait for the memory.
  const cut = () => response.destroy();
  memory.answer(lengthOf(pieces), cut);
  const { best, identity } = acceptedEncoding(request.headers['accept-encoding']);
  if (best === 'identity' || (identity && lengthOf(pieces) < WORTH))
    return send(response, status, contentType, pieces, headers);
  const smaller = await compress(pieces, best, signal);
  if (signal.aborted) return;
  memory.answer(lengthOf(smaller), cut);
  send(response, status, contentType, smaller, { ...headers, 'content-encoding': best });
}
