import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, request as send } from 'undici';
import type { HttpClient, HttpRequest, HttpResponse } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import type { Upstream } from './upstream.ts';

export interface HttpClientOptions {
  readonly upstream: Upstream;
  readonly userAgent: string;
}

export interface OwnedHttpClient extends HttpClient {
  close(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DECODERS = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const;

/** HTTP as adapters need it; sockets are opened with the first request. Status codes are for the adapter to judge. */
export function createHttpClient({ upstream, userAgent }: HttpClientOptions): OwnedHttpClient {
  let agent: Agent | undefined;
  return {
    request: (url, request, call) => upstream.run(call, (signal) => once(url, request, signal)),
    close: async () => agent?.destroy(),
  };

  async function once(url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    agent ??= new Agent();
    const maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    try {
      const answer = await send(url, {
        dispatcher: agent,
        method: request.method ?? 'GET',
        headers: {
          'user-agent': userAgent,
          'accept-encoding': 'gzip, deflate, br',
          accept: request.accept.join(', '),
          ...request.headers,
        },
        signal,
      });
      const headers = flatHeaders(answer.headers);
      if (answer.statusCode === 429) {
        await answer.body.dump();
        throw rateLimited(headers['retry-after']);
      }
      const raw = await boundedBody(answer.body, maxBytes);
      checkType(answer.statusCode, headers['content-type'], request.accept);
      const body = await decoded(raw, headers['content-encoding'], maxBytes);
      const text = () => new TextDecoder().decode(body);
      return { status: answer.statusCode, headers, text, json: () => parseJson(text()) };
    } catch (cause) {
      if (cause instanceof SourceError) throw cause;
      throw signal.aborted
        ? new SourceError('SOURCE_TIMEOUT', 'The request ended before the source answered.', { cause })
        : new SourceError('SOURCE_UNAVAILABLE', 'The source could not be reached, or broke off its answer.', { cause });
    }
  }
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

function rateLimited(retryAfter: string | undefined): SourceError {
  const message = 'The source asked for fewer requests.';
  const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
  return new SourceError('SOURCE_RATE_LIMITED', message, seconds === null ? {} : { retryAfterMs: seconds * 1000 });
}

async function boundedBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  async function* counted() {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  }
  return await buffer(counted());
}

async function decoded(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip' && encoding !== 'deflate' && encoding !== 'br') {
    throw new SourceError('SOURCE_BAD_DATA', 'The source answered in an encoding that nobody asked for.');
  }
  try {
    return await DECODERS[encoding](body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    throw new SourceError('SOURCE_BAD_DATA', 'The compressed answer of the source is damaged.', { cause });
  }
}

/** An error page says in its status that it is none of the types asked for; an answer has no such excuse. */
function checkType(status: number, contentType: string | undefined, accept: readonly string[]): void {
  if (status < 200 || status > 299) return;
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (accept.includes(type) || accept.includes('*/*')) return;
  throw new SourceError('SOURCE_BAD_DATA', `The source answered with the content type "${type.slice(0, 60)}".`);
}

function tooLarge(maxBytes: number): SourceError {
  return new SourceError('SOURCE_BAD_DATA', `The answer of the source is larger than ${maxBytes} bytes.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceError('SOURCE_BAD_DATA', 'The source answered with damaged JSON.', { cause });
  }
}
