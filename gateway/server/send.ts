import type { ServerResponse } from 'node:http';

const SLICE_BYTES = 64 * 1024;

/** A whole body; several buffers are its pieces in their order. */
export type Body = string | Buffer | readonly Buffer[];

/** Sends a whole body. Node leaves it away where the request was HEAD. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): void {
  const pieces = piecesOf(body);
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': lengthOf(pieces) });
  sendPieces(response, pieces, 0, 0);
}

export function piecesOf(body: Body): readonly Buffer[] {
  if (typeof body === 'string') return [Buffer.from(body)];
  return Buffer.isBuffer(body) ? [body] : body;
}

/** In bytes. */
export function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** As fast as the client takes it: of an answer that nobody reads, only a slice is handed to the connection. */
function sendPieces(response: ServerResponse, pieces: readonly Buffer[], from: number, start: number): void {
  let at = start;
  for (let index = from; index < pieces.length; index++, at = 0) {
    const piece = pieces[index]!;
    while (at < piece.length) {
      if (response.destroyed) return;
      const slice = piece.subarray(at, at + SLICE_BYTES);
      at += SLICE_BYTES;
      if (index === pieces.length - 1 && at >= piece.length) return void response.end(slice);
      if (response.write(slice)) continue;
      response.once('drain', () => sendPieces(response, pieces, index, at));
      return;
    }
  }
  response.end();
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value), headers);
}
