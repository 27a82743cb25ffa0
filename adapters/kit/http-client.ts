import { Agent, type Dispatcher, errors, request as send } from 'undici';
import type { HttpClient, HttpRequest, HttpResponse, TlsOptions } from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import { parseExactJson } from '../contract/exact-json.ts';
import {
  AnswerCache,
  decodedBody,
  discard,
  ENCODINGS,
  PRIVATE_ADDRESS,
  publicLookup,
  readBody,
  startOfBody,
  tooLarge,
  tooManyValues,
} from './http-answer.ts';
import { mayHoldMoreValues, mostValues } from './json/json-values.ts';
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

const PROJECT = 'kcigraph';

/**
 * What we call ourselves: always with the project's name, and with what the configuration says of who runs it. Sources
 * that are asked by many want to know whom to write to.
 */
export function userAgentOf(configured: string | undefined): string {
  // What no header can hold is left out.
  const text = (configured ?? '').replace(/[^\x20-\x7e]/g, '').trim();
  if (text === '') return PROJECT;
  return text.toLowerCase().includes(PROJECT) ? text : `${PROJECT} (${text.replace(/[()]/g, '')})`;
}

/** Of a refusal so much is read, for so long, to find out for how long it holds. */
const MESSAGE_BYTES = 4_096;
const MESSAGE_MS = 1_000;

/** What a status means that no adapter has to judge; null where the adapter does. */
export async function refusalOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  retryHeader = headers['retry-after'],
): Promise<SourceError | null> {
  const header = typeof retryHeader === 'string' ? retryHeader : undefined;
  // A date is meant by the source's clock, which may be another than ours.
  const itsNow = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
  const now = Number.isNaN(itsNow) ? Date.now() : itsNow;
  if (statusCode === 429) {
    body.on('error', () => undefined);
    const encoding = headers['content-encoding'];
    const message = await startOfBody(
      body,
      typeof encoding === 'string' ? encoding : undefined,
      MESSAGE_BYTES,
      MESSAGE_MS,
    );
    const rest = retryAfter(header, message, now);
    const options = rest === null ? {} : { retryAfterMs: rest };
    return new SourceError('SOURCE_RATE_LIMITED', 'The source asked for fewer requests.', options);
  }
  if (statusCode === 401 || statusCode === 403) {
    discard(body);
    const message = `The source refused the request (status ${statusCode}): its credentials are missing, wrong or not enough.`;
    return new SourceError('SOURCE_UNAVAILABLE', message, { isRetryable: false });
  }
  if (statusCode >= 500) {
    discard(body);
    const rest = retryAfter(header, '', now);
    const options = rest === null ? {} : { retryAfterMs: rest };
    return new SourceError('SOURCE_UNAVAILABLE', `The source is out of order (status ${statusCode}).`, options);
  }
  return null;
}

/** By the code of the system, of TLS or of undici: what a person should know, without any address. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The source could not be reached: nothing listens at its address.',
  ENOTFOUND: 'The source could not be reached: its host name is not known.',
  EAI_AGAIN: 'The source could not be reached: its host name could not be looked up.',
  EHOSTUNREACH: 'The source could not be reached: there is no way to its host.',
  ENETUNREACH: 'The source could not be reached: there is no way to its network.',
  ECONNRESET: 'The source broke off its answer.',
  EPIPE: 'The source broke off its answer.',
  UND_ERR_SOCKET: 'The source broke off its answer.',
};
const TIMEOUTS: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const NO_HTTP = /^UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|RESPONSE)/;

/** A failed exchange as what the contract knows. Addresses stay in `cause`, which only the log shows. */
export function connectionFault(cause: unknown, isAborted: boolean): SourceError {
  if (cause instanceof SourceError) return cause;
  if (isAborted) return new SourceError('SOURCE_TIMEOUT', 'The request ended before the source answered.', { cause });
  const code = codeOf(cause);
  if (TIMEOUTS.has(code)) return new SourceError('SOURCE_TIMEOUT', 'The source did not answer in time.', { cause });
  if (TLS.test(code)) {
    const message = 'The source could not be reached safely: its certificate or its TLS is not as it must be.';
    return new SourceError('SOURCE_UNAVAILABLE', message, { cause, isRetryable: false });
  }
  if (code === PRIVATE_ADDRESS) {
    const message = 'The source could not be reached: its host name leads to a private address, which is not allowed.';
    return new SourceError('SOURCE_UNAVAILABLE', message, { cause, isRetryable: false });
  }
  if (cause instanceof errors.HTTPParserError || NO_HTTP.test(code))
    return new SourceError('SOURCE_BAD_DATA', 'The source answered with no HTTP.', { cause });
  const message = UNREACHABLE[code] ?? 'The source could not be reached, or broke off its answer.';
  return new SourceError('SOURCE_UNAVAILABLE', message, { cause });
}

/** Of several attempts (an IPv4 and an IPv6 address) that of the first. */
function codeOf(error: unknown): string {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (typeof one !== 'object' || one === null) return '';
  return 'code' in one && typeof one.code === 'string' ? one.code : '';
}

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const NUMBER = String.raw`(\d{1,6}(?:\.\d{1,3})?)`;
const UNIT = String.raw`(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b`;

/** What services say in words: "available in 30 seconds", "wait 5 minutes", "10 requests per 6 seconds". */
const WORDS = [
  new RegExp(String.raw`\b(?:in|after|wait|for)\s+${NUMBER}\s*${UNIT}`, 'i'),
  new RegExp(String.raw`\b(?:per|every|within)\s+(?:${NUMBER}\s*)?${UNIT}`, 'i'),
];

/**
 * Milliseconds for which a service wants to be left alone; null where it does not say.
 * @param header `Retry-After`: seconds, or a date
 * @param message its answer, which may name the window that its limit counts in
 */
export function retryAfter(header: string | undefined, message: string, now = Date.now()): number | null {
  return fromHeader(header?.trim() ?? '', now) ?? fromMessage(message);
}

function fromHeader(header: string, now: number): number | null {
  if (/^\d{1,9}(\.\d{1,3})?$/.test(header)) return Number(header) * 1000;
  // A date names its month; anything else that Date.parse would guess at is none.
  const date = /[A-Za-z]{3}/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function fromMessage(message: string): number | null {
  for (const words of WORDS) {
    const match = words.exec(message);
    if (match === null) continue;
    const [, number = '1', unit = 's'] = match;
    return Math.ceil(Number(number) * millisecondsOf(unit.toLowerCase()));
  }
  return null;
}

function millisecondsOf(unit: string): number {
  if (unit === 'ms' || unit.startsWith('milli')) return MILLISECONDS.ms;
  if (unit.startsWith('h')) return MILLISECONDS.h;
  return unit.startsWith('m') ? MILLISECONDS.m : MILLISECONDS.s;
}
