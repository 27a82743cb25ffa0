import type { ServerResponse } from 'node:http';

const SLICE_BYTES = 64 * 1024;

/** Sends a whole body as one buffer. Node leaves it away where the request was HEAD. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': bytes.length });
  sendSlices(response, bytes, 0);
}

/** As fast as the client takes it: of an answer that nobody reads, only a slice is handed to the connection. */
function sendSlices(response: ServerResponse, bytes: Buffer, start: number): void {
  let at = start;
  while (bytes.length - at > SLICE_BYTES) {
    if (response.destroyed) return;
    const slice = bytes.subarray(at, at + SLICE_BYTES);
    at += SLICE_BYTES;
    if (response.write(slice)) continue;
    response.once('drain', () => sendSlices(response, bytes, at));
    return;
  }
  response.end(bytes.subarray(at));
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value), headers);
}
