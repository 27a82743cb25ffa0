import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, type LookupFunction } from 'node:net';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { SourceError } from '../contract/errors.ts';
import { BoundedCache } from './cache.ts';

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

/** An answer that its source gave a validator for. */
export interface KeptAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;

const MAX_ENTRIES = 2_000;
const MAX_BYTES = 32 * 1024 * 1024;
/** What the client sends of its own accord; a caller that does it too judges the answer itself. */
const CONDITIONS = ['if-none-match', 'if-modified-since', 'range'] as const;

/**
 * Answers that need not be sent again as long as they hold: where the source names an ETag or a time of change, the next
 * request asks whether that has changed. Bounded; the least recently used go first.
 */
export class AnswerCache {
  readonly #kept = new BoundedCache<KeptAnswer>({
    maxEntries: MAX_ENTRIES,
    maxBytes: MAX_BYTES,
    sizeOf: ({ body, headers }, key) => body.length + 2 * key.length + JSON.stringify(headers).length,
  });

  /** What names an answer, all that it may depend on included; null where it is none of this cache's business. */
  keyOf(method: string, url: URL, headers: Headers): string | null {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    if (method !== 'GET' || CONDITIONS.some((name) => names.includes(name))) return null;
    return JSON.stringify([url.href, Object.entries(headers).sort()]);
  }

  get(key: string): KeptAnswer | undefined {
    return this.#kept.get(key);
  }

  /** The headers by which the source is asked whether a kept answer still holds. */
  conditions(kept: KeptAnswer | undefined): Headers {
    const { etag, 'last-modified': changed } = kept?.headers ?? {};
    return {
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(changed === undefined ? {} : { 'if-modified-since': changed }),
    };
  }

  keep(key: string, status: number, headers: Headers, body: Buffer): void {
    const hasValidator = headers.etag !== undefined || headers['last-modified'] !== undefined;
    const isKept = status === 200 && hasValidator && !/\bno-store\b/i.test(headers['cache-control'] ?? '');
    if (isKept) this.#kept.set(key, { headers, body });
    else this.#kept.delete(key);
  }
}

/** What an attempt to connect to a private address fails with; `connectionFault` knows it. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS';

/** Addresses that belong to nobody's public host: private, shared, loopback, link-local, unspecified, multicast, reserved. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is none that a public host has. An IPv4 address within an IPv6 one counts as itself. */
export function isPrivateAddress(address: string, family: number): boolean {
  return PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Looks a host up, and refuses it where its name leads to a private address: whoever holds the name of a public source
 * could else make us ask within our own network. An address that was configured as such is never looked up, and
 * `localhost` says what it is.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true } satisfies LookupOptions, (error, found) => {
    const addresses: readonly LookupAddress[] = error === null ? found : [];
    const isOwn = /^(.+\.)?localhost\.?$/i.test(hostname);
    const isRefused = !isOwn && addresses.some(({ address, family }) => isPrivateAddress(address, family));
    const [first] = addresses;
    if (error !== null || isRefused || first === undefined) {
      const fault: NodeJS.ErrnoException = error ?? new Error(`The host ${hostname} has a private address.`);
      if (isRefused) fault.code = PRIVATE_ADDRESS;
      callback(fault, '', 0);
    } else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  });
};
