import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { ContentEncoding } from './content-encoding.ts';
import { lengthOf } from './send.ts';

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
