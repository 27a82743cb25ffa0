import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { SourceError } from '../../errors.ts';

type Body = Dispatcher.ResponseData['body'];

const DECODERS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

const STREAMS = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);
const CHUNK_BYTES = 64 * 1024;

/** What we can decode, as a header. */
export const ENCODINGS = 'gzip, deflate, br';

/** The whole body, neither before nor after its decompression larger than `maxBytes`. */
export async function readBody(body: Body, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const part: Uint8Array = chunk;
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(part);
  }
  return await decoded(Buffer.concat(chunks, bytes), encoding?.trim().toLowerCase(), maxBytes);
}

/** The body as it comes, decompressed; neither before nor after larger than `maxBytes`. */
export async function* decodedBody(
  body: Body,
  encoding: string | undefined,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') {
    yield* counted(body, maxBytes);
    return;
  }
  const createStream = STREAMS.get(name);
  if (createStream === undefined) {
    discard(body);
    throw unknownEncoding();
  }
  const decoder = createStream({ chunkSize: CHUNK_BYTES });
  // A fault of the body ends the decoder, and so what is read of it.
  pipeline(
    body,
    (source: AsyncIterable<Uint8Array>) => counted(source, maxBytes),
    decoder,
    () => undefined,
  );
  try {
    yield* counted(decoder, maxBytes);
  } catch (cause) {
    throw isDamage(cause) ? damaged(cause) : cause;
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** What a decoder says of bytes that are not of its form. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && 'code' in error && /^(Z_|ERR_)/.test(String(error.code));
}

/** The beginning of a body that says why, as far as it comes within `ms`. */
export async function startOfBody(
  body: Body,
  encoding: string | undefined,
  maxBytes: number,
  ms: number,
): Promise<string> {
  const timer = setTimeout(() => body.destroy(), ms);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      const part: Uint8Array = chunk;
      chunks.push(part);
      bytes += part.length;
      if (bytes >= maxBytes) break;
    }
  } catch {
    // What came until then must do: the refusal itself is known.
  } finally {
    clearTimeout(timer);
  }
  const start = Buffer.concat(chunks).subarray(0, maxBytes);
  // A message is short: cut off it was only where it is none.
  const text = await decoded(start, encoding?.trim().toLowerCase(), 16 * maxBytes).catch(() => start);
  return new TextDecoder().decode(text.subarray(0, maxBytes));
}

/** Lets go of a body that nobody reads. */
export function discard(body: Body): void {
  body.on('error', () => undefined);
  body.destroy();
}

export function tooLarge(maxBytes: number): SourceError {
  const message = `The answer of the source is larger than ${maxBytes} bytes.`;
  return new SourceError('SOURCE_BAD_DATA', message, { origin: 'gateway' });
}

export function tooManyValues(most: number): SourceError {
  const message = `The answer of the source holds more than ${most} values.`;
  return new SourceError('SOURCE_BAD_DATA', message, { origin: 'gateway' });
}

async function decoded(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === '' || encoding === 'identity' || body.length === 0) return body;
  const decode = DECODERS.get(encoding);
  if (decode === undefined) {
    throw unknownEncoding();
  }
  try {
    return await decode(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    throw damaged(cause);
  }
}

function unknownEncoding(): SourceError {
  return new SourceError('SOURCE_BAD_DATA', 'The source answered in an encoding that nobody asked for.');
}

function damaged(cause: unknown): SourceError {
  return new SourceError('SOURCE_BAD_DATA', 'The compressed answer of the source is damaged.', { cause });
}
