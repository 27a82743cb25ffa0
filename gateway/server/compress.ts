import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ContentEncoding } from './content-encoding.ts';

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** From here on the last tenth of the bytes would cost four times the time. */
const LARGE = 1024 * 1024;

/** Compresses in a thread of its own: the event loop goes on while a large answer is made smaller. */
export function compress(bytes: Buffer, encoding: Exclude<ContentEncoding, 'identity'>): Promise<Buffer> {
  const large = bytes.length > LARGE;
  if (encoding === 'gzip') return gzipped(bytes, { level: large ? 1 : 6 });
  return brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: large ? 1 : 4,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
