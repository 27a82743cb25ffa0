import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { createGunzip } from 'node:zlib';
import { ByteBudgetError } from '../federation/byte-budget.ts';
import { type Exchange, HttpRefusal, memoryRefusal } from './exchange.ts';

/** A request's body, decompressed and counted while it is read. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** Why reading failed: whoever reads may wrap what was thrown. */
  readonly fault: HttpRefusal | null;
}

/**
 * The body of a request, at most `maxBytes` after decompression: iterating throws an HttpRefusal beyond them, or where
 * the compression is broken. What comes compressed is never kept whole in either form here.
 *
 * @param kept bytes at its beginning that the reader keeps in memory: they are taken of the budget as they come
 */
export function readBody(exchange: Exchange, maxBytes: number, kept: number): Body {
  const { request, response, memory, memoryWait, signal } = exchange;
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip') {
    const message = `The Content-Encoding ${JSON.stringify(encoding.slice(0, 40))} is not taken; send the body as it is, or with gzip.`;
    throw new HttpRefusal(415, message, { headers: { 'accept-encoding': 'gzip' } });
  }
  if (encoding === 'identity' && Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let fault: HttpRefusal | null = null;

  async function* bytes(): AsyncGenerator<Uint8Array> {
    if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
    const chunks = encoding === 'identity' ? unhurried(request) : decompressed(request);
    const hangUp = () => request.destroy();
    // The time that the reader takes does not count, so the timer rests while a chunk is being read.
    let timer = setTimeout(hangUp, exchange.idleTimeout);
    let total = 0;
    try {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        total += chunk.length;
        if (total > maxBytes) throw tooLarge(maxBytes);
        const keeps = Math.min(chunk.length, kept - (total - chunk.length));
        if (keeps > 0) await memory.take('body', keeps, { signal, deadline: Date.now() + memoryWait });
        yield chunk;
        timer = setTimeout(hangUp, exchange.idleTimeout);
      }
    } catch (error) {
      fault = error instanceof HttpRefusal ? error : faultOf(error);
      throw fault;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    get fault() {
      return fault;
    },
    [Symbol.asyncIterator]: bytes,
  };
}

/** The whole body; only for routes whose limit is small enough to keep it. */
export async function readWhole(exchange: Exchange, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(exchange, maxBytes, maxBytes)) chunks.push(chunk);
  return chunks.length === 1 && Buffer.isBuffer(chunks[0]) ? chunks[0] : Buffer.concat(chunks);
}

/** Leaves the socket open where reading ends early, so that the client gets to read the answer. */
function unhurried(request: IncomingMessage): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

async function* decompressed(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const fail = (error: Error) => gunzip.destroy(error);
  request.once('error', fail);
  try {
    yield* request.pipe(gunzip);
  } finally {
    request.off('error', fail);
    request.unpipe(gunzip);
    gunzip.destroy();
  }
}

function tooLarge(maxBytes: number): HttpRefusal {
  return new HttpRefusal(413, `The body is larger than ${maxBytes} bytes, counted after decompression.`);
}

function faultOf(error: unknown): HttpRefusal {
  if (error instanceof ByteBudgetError) return memoryRefusal(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_')) {
    return new HttpRefusal(400, 'The body says that it is gzip, and it is not, or it is cut short or damaged.');
  }
  return new HttpRefusal(400, 'The body ended before all of it had come.');
}

/** Type and subtype in lower case, and the charset; null without a `Content-Type` that can be read. */
export function mediaTypeOf(request: IncomingMessage): { readonly essence: string; readonly charset: string } | null {
  const parts = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)\s*(?:;|$)/.exec(request.headers['content-type'] ?? '');
  if (parts?.[1] === undefined) return null;
  const charset = /;\s*charset\s*=\s*"?([\w.:+-]+)"?/i.exec(request.headers['content-type'] ?? '');
  return { essence: parts[1].toLowerCase(), charset: charset?.[1]?.toLowerCase() ?? 'utf-8' };
}

/** How much a client likes a media type, 0 to 1, by its `Accept`; what is not named specifically counts by its range. */
export function preferenceFor(accept: string | undefined, type: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  let best = { specificity: -1, quality: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const specificity = name === type ? 2 : name === `${type.split('/')[0]}/*` ? 1 : name === '*/*' ? 0 : -1;
    if (specificity <= best.specificity) continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    best = { specificity, quality: q === undefined ? 1 : Number.parseFloat(q.slice(2)) || 0 };
  }
  return best.quality;
}

/** The token of `Authorization: Bearer TOKEN`; null without one. */
export function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * What proxies add: `Forwarded`, `Via` and `CDN-Loop`, `X-Forwarded-*` and its many relatives, and the address of the client
 * by the names that products have for it (`X-Real-IP`, `CF-Connecting-IP`, `True-Client-IP`, `X-Envoy-External-Address`).
 */
const FORWARDING =
  /forwarded|^(via|cdn-loop|x-proxyuser-ip|x-amzn-trace-id)$|^x-(original|envoy|arr)-|(client|connecting|real|remote|source|cluster)-?(ip|addr|address)$/;
/** A name or an address, and perhaps a port: a URL parser would also take a user, a path or a fragment. */
const HOST = /^(\[[\d.:a-f]+\]|[\w.-]+)(:\d*)?$/i;

/**
 * Whether a request names this very machine in `Host`, and in `Origin` where it has one, and came through no proxy. A web
 * page that had its own name point here names itself in both; a proxy on this machine may pass on a `Host` of its own.
 */
export function isLocalRequest(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  // An empty one counts too: the request came through something that writes it.
  if (Object.keys(request.headers).some((header) => FORWARDING.test(header))) return false;
  return HOST.test(host ?? '') && isLocal(`http://${host}`) && (origin === undefined || isLocal(origin));
}

function isLocal(url: string): boolean {
  const hostname = URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (isIP(hostname) === 0) return hostname === 'localhost';
  return LOOPBACK.check(hostname, isIP(hostname) === 6 ? 'ipv6' : 'ipv4');
}

/** What an open door tells the others. */
export const NOT_LOCAL =
  'This instance takes submissions without a token, and therefore only requests whose Host is localhost or a loopback address, and that did not come through a proxy (no X-Forwarded-*, Forwarded, Via, X-Real-IP or another header that proxies add).';
