import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { ByteBudgetError } from '../federation/byte-budget.ts';
import type { Exchange } from './exchange.ts';
import { HttpRefusal } from './http-refusal.ts';
import { memoryRefusal } from './memory-refusal.ts';

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
