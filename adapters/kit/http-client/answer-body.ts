import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { SourceError } from '../../errors.ts';

type Body = Dispatcher.ResponseData['body'];

const DECODERS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

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
    throw new SourceError('SOURCE_BAD_DATA', 'The source answered in an encoding that nobody asked for.');
  }
  try {
    return await decode(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    throw new SourceError('SOURCE_BAD_DATA', 'The compressed answer of the source is damaged.', { cause });
  }
}
