import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { Exchange } from './exchange.ts';

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

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** From here on the last tenth of the bytes would cost four times the time. */
const LARGE = 1024 * 1024;
/** Bytes that come back from a compressing thread at once. */
const CHUNK = 64 * 1024;

/**
 * Compresses in a thread of its own: the event loop goes on while a large answer is made smaller.
 * @throws the signal's reason where it aborts
 */
export async function compress(
  pieces: readonly Buffer[],
  encoding: Exclude<ContentEncoding, 'identity'>,
  signal?: AbortSignal,
): Promise<readonly Buffer[]> {
  const length = lengthOf(pieces);
  const isLarge = length > LARGE;
  const level = { level: isLarge ? 1 : 6 };
  const quality = {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: isLarge ? 1 : 4,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: length,
    },
  };
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) {
    return [await (encoding === 'gzip' ? gzipped(only, level) : brotli(only, quality))];
  }
  const chunkSize = CHUNK;
  const compressor =
    encoding === 'gzip' ? createGzip({ ...level, chunkSize }) : createBrotliCompress({ ...quality, chunkSize });
  const compressed: Buffer[] = [];
  const collect = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) compressed.push(chunk);
  };
  await pipeline(pieces, compressor, collect, signal === undefined ? {} : { signal });
  return compressed;
}

export type ContentEncoding = 'br' | 'gzip' | 'identity';

export interface AcceptedEncoding {
  /** What the client likes best of what is made here. */
  readonly best: ContentEncoding;
  /** Whether a body may also be sent as it is, which saves work where it is small. */
  readonly identity: boolean;
}

/** Of equals the one that gives fewer bytes. */
const MADE = ['br', 'gzip'] as const;
const ALIASES: ReadonlyMap<string, string> = new Map([['x-gzip', 'gzip']]);

/** What a client takes by its `Accept-Encoding`. Without the header, nothing but the body as it is. */
export function acceptedEncoding(header: string | string[] | undefined): AcceptedEncoding {
  const qualities = new Map<string, number>();
  for (const range of [header ?? []].flat().join(',').toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (name === '') continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    qualities.set(ALIASES.get(name) ?? name, q === undefined ? 1 : Number.parseFloat(q.slice(2)) || 0);
  }
  const others = qualities.get('*');
  // As it is, a body may always be sent, but where that is refused by name or along with all others.
  const identity = qualities.get('identity') ?? others ?? null;
  let best: ContentEncoding = 'identity';
  let quality = qualities.get('identity') ?? 0;
  for (const name of MADE) {
    const liked = qualities.get(name) ?? others ?? 0;
    if (liked > 0 && (liked > quality || (best === 'identity' && liked === quality))) {
      best = name;
      quality = liked;
    }
  }
  return { best, identity: identity === null || identity > 0 };
}
