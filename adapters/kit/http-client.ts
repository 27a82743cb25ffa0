import { Agent, request as send } from 'undici';
import type { HttpClient, HttpRequest, HttpResponse, TlsOptions } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { parseExactJson } from './exact-json.ts';
import { decodedBody, discard, ENCODINGS, readBody, tooLarge, tooManyValues } from './http-client/answer-body.ts';
import { AnswerCache } from './http-client/answer-cache.ts';
import { connectionFault } from './http-client/connection-fault.ts';
import { publicLookup } from './http-client/public-lookup.ts';
import { refusalOf } from './http-client/refusal.ts';
import { userAgentOf } from './http-client/user-agent.ts';
import { mayHoldMoreValues, mostValues } from './json-values.ts';
import type { Upstream } from './upstream.ts';

export interface HttpClientOptions {
  readonly upstream: Upstream;
  /** Who asks, as the configuration says: a contact. The project's name is added where it is not part of it. */
  readonly userAgent?: string | undefined;
  /** Milliseconds to wait for a connection, for the headers, and for each part of the body; 30 s where left out. */
  readonly timeout?: number | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Names may lead to private addresses, as within a network of one's own; else they are refused. */
  readonly privateAddresses?: boolean | undefined;
}

export interface OwnedHttpClient extends HttpClient {
  close(): Promise<void>;
}

/** A page; what a source gives only as a whole needs a `maxBytes` of its own. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const DEFAULT_TIMEOUT = 30_000;
const MAX_CONNECT = 10_000;

/**
 * HTTP as adapters need it; sockets are opened with the first request. What a status means is for the adapter to judge,
 * but 429, 401, 403 and 5xx are failures of the source. No redirect is followed: its answer cannot be read as data. What
 * the source gave a validator for is asked for conditionally; that it has not changed is an answer like the first.
 */
export function createHttpClient(options: HttpClientOptions): OwnedHttpClient {
  const { upstream } = options;
  const userAgent = userAgentOf(options.userAgent);
  const cache = new AnswerCache();
  let agent: Agent | undefined;
  return {
    request: (url, request, call) => upstream.run(call, (signal, arrived) => once(url, request, signal, arrived)),
    close: async () => agent?.destroy(),
  };

  async function once(url: URL, request: HttpRequest, signal: AbortSignal, arrived: () => void): Promise<HttpResponse> {
    agent ??= agentOf(options);
    const maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    const method = request.method ?? 'GET';
    const sent = { accept: request.accept.join(', '), ...request.headers };
    const key = request.take === undefined ? cache.keyOf(method, url, sent) : null;
    const kept = key === null ? undefined : cache.get(key);
    try {
      const answer = await send(url, {
        dispatcher: agent,
        method,
        headers: { 'user-agent': userAgent, 'accept-encoding': ENCODINGS, ...cache.conditions(kept), ...sent },
        signal,
      });
      arrived();
      if (answer.statusCode === 304 && kept !== undefined && kept.body.length <= maxBytes) {
        await answer.body.dump();
        return responseOf(200, kept.headers, kept.body, maxBytes);
      }
      const headers = flatHeaders(answer.headers);
      const fault =
        (await refusalOf(answer)) ??
        typeFault(answer.statusCode, headers['content-type'], request.accept) ??
        (request.method !== 'HEAD' && Number(headers['content-length']) > maxBytes ? tooLarge(maxBytes) : null);
      if (fault !== null) {
        discard(answer.body);
        throw fault;
      }
      const { take } = request;
      if (take !== undefined && answer.statusCode === 200) {
        await take(decodedBody(answer.body, headers['content-encoding'], maxBytes));
        return responseOf(answer.statusCode, headers, Buffer.alloc(0), maxBytes);
      }
      const body = await readBody(answer.body, headers['content-encoding'], maxBytes);
      if (key !== null) cache.keep(key, answer.statusCode, headers, body);
      return responseOf(answer.statusCode, headers, body, maxBytes);
    } catch (cause) {
      throw connectionFault(cause, signal.aborted);
    }
  }
}

function agentOf({ timeout = DEFAULT_TIMEOUT, tls, privateAddresses = false }: HttpClientOptions): Agent {
  const lookup = privateAddresses ? {} : { lookup: publicLookup };
  return new Agent({
    connect: { ...tls, ...lookup, timeout: Math.min(timeout, MAX_CONNECT) },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
}

function responseOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  maxBytes: number,
): HttpResponse {
  const text = () => {
    if (status >= 300 && status <= 399) throw elsewhere(status);
    return new TextDecoder().decode(body);
  };
  const json = () => {
    const [page, most] = [text(), mostValues(maxBytes)];
    if (mayHoldMoreValues(page, most)) throw tooManyValues(most);
    return parseJson(page);
  };
  return { status, headers, text, json };
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

/** An error page says in its status that it is none of the types asked for; an answer has no such excuse. */
function typeFault(status: number, contentType: string | undefined, accept: readonly string[]): SourceError | null {
  if (status < 200 || status > 299) return null;
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (accept.includes(type) || accept.includes('*/*')) return null;
  // A media type is made of few characters; anything else is not worth showing.
  const shown = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? `the content type ${type.slice(0, 60)}` : 'no known content type';
  return new SourceError('SOURCE_BAD_DATA', `The source answered with ${shown}, and not with ${accept.join(' or ')}.`);
}

function elsewhere(status: number): SourceError {
  const message = `The source sends elsewhere (status ${status}), and redirects are not followed.`;
  return new SourceError('SOURCE_UNAVAILABLE', message);
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw new SourceError('SOURCE_BAD_DATA', 'The source answered with damaged JSON.', { cause });
  }
}
