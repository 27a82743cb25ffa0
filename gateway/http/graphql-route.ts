import type { IncomingMessage } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import { parseExactJson } from '../../adapters/contract/exact-json.ts';
import type { Registry } from '../federation/registry.ts';
import type { ClientErrorCode } from '../federation/source-report.ts';
import type { ApolloContext, Exchange as GraphqlExchange } from '../graphql/apollo-server.ts';
import { JSON_NESTING, JSON_VALUES, limitExceeded } from '../graphql/limits.ts';
import { jsonSize } from '../ingest/json-size.ts';
import { cacheControlOf, entityTagOf, isNoneMatch, maxAgeOf, NO_STORE } from './caching.ts';
import { type Exchange, type HttpError, HttpRefusal, type Route } from './exchange.ts';
import { jsonPieces } from './json-pieces.ts';
import { bearerToken, isLocalRequest, mediaTypeOf, NOT_LOCAL, preferenceFor, readWhole } from './request.ts';
import { sendCompressed } from './send.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';
/** Stands for a content type that cannot be read: no client can send it, and Apollo Server cannot read it either. */
const UNREADABLE_TYPE = '';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<ApolloContext>;
  readonly registry: Registry;
  /** Gives an error for a text that must not be parsed or validated. */
  readonly admit: (source: string) => GraphQLError | null;
  readonly maxBytes: number;
  /** Submissions need no token: mutations only from this machine then. */
  readonly open: boolean;
  readonly onError: (code: string) => void;
  /** What a browser gets that asks for a page. */
  readonly page: (exchange: Exchange) => Promise<void>;
}

/** GraphQL over HTTP, over Apollo Server's pipeline. The answer is written in pieces, and sent as a whole. */
export function graphqlRoute(options: GraphqlRouteOptions): Route {
  return {
    name: '/graphql',
    methods: {
      GET: async (exchange) => {
        if (wantsPage(exchange)) return options.page(exchange);
        const parameters = withoutEmpty(new URLSearchParams(exchange.search));
        // Apollo Server parses both.
        const json = ['variables', 'extensions'].flatMap((name) => parameters.getAll(name));
        const tooMuch = json.map((text) => jsonRefusal(Buffer.from(text))).find((refusal) => refusal !== null);
        if (tooMuch !== undefined) return refuse(options, exchange, tooMuch);
        const asked = { method: 'GET', search: `?${parameters}`, body: undefined } as const;
        await answer(options, exchange, asked, parameters.get('query'));
      },
      POST: async (exchange) => {
        const bytes = await readJson(exchange, options.maxBytes);
        const tooMuch = jsonRefusal(bytes);
        if (tooMuch !== null) return refuse(options, exchange, tooMuch);
        const body = withoutEmptyName(parseJson(bytes));
        const source = typeof body === 'object' && body !== null && 'query' in body ? body.query : null;
        await answer(options, exchange, { method: 'POST', search: exchange.search, body }, source);
      },
    },
    errorBody: (status, { message }: HttpError) => ({ errors: [{ message, extensions: { code: codeOf(status) } }] }),
  };
}

type Asked = Pick<HTTPGraphQLRequest, 'search' | 'body'> & { readonly method: 'GET' | 'POST' };

/** An empty `operationName` and `variables` that are null count as absent. */
function withoutEmpty(parameters: URLSearchParams): URLSearchParams {
  parameters.delete('operationName', '');
  for (const variables of parameters.getAll('variables')) {
    if (variables.trim() === 'null') parameters.delete('variables', variables);
  }
  return parameters;
}

/** Apollo Server itself takes null for absent. */
function withoutEmptyName(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('operationName' in body) || body.operationName !== '') return body;
  return { ...body, operationName: null };
}

/** Counted before anything is parsed: a few kilobytes of gzip can hold millions of values. */
function jsonRefusal(bytes: Uint8Array): GraphQLError | null {
  const { values, nesting } = jsonSize(bytes);
  if (nesting > JSON_NESTING) {
    return limitExceeded(`The request nests JSON objects and lists ${nesting} deep; the limit is ${JSON_NESTING}.`);
  }
  if (values <= JSON_VALUES) return null;
  return limitExceeded(
    `The request has ${values} JSON values; the limit is ${JSON_VALUES}. Send large documents to /submit.`,
  );
}

/** A limit is exceeded: a request error of GraphQL, before execution. */
function refuse({ onError }: GraphqlRouteOptions, exchange: Exchange, refusal: GraphQLError): Promise<void> {
  const { http: _http, ...extensions } = refusal.extensions;
  const errors = [{ message: refusal.message, extensions }];
  onError('LIMIT_EXCEEDED');
  const type = prefersGraphqlType(exchange.request.headers.accept) ? GRAPHQL_TYPE : JSON_TYPE;
  const status = type === JSON_TYPE ? 200 : 400;
  const headers = { 'cache-control': NO_STORE };
  exchange.response.appendHeader('vary', 'Accept');
  return sendCompressed(exchange, status, `${type}; charset=utf-8`, JSON.stringify({ errors }), headers);
}

async function answer(options: GraphqlRouteOptions, exchange: Exchange, asked: Asked, source: unknown): Promise<void> {
  const { apollo, registry, admit, open } = options;
  const refusal = typeof source === 'string' ? admit(source) : null;
  if (refusal !== null) return refuse(options, exchange, refusal);
  const { request, response, requestId, log, signal, memory } = exchange;
  const isGet = asked.method === 'GET';
  response.appendHeader('vary', 'Accept');
  const graphql: GraphqlExchange = {
    caller: {
      requestId,
      log,
      signal,
      memory,
      token: bearerToken(request),
      maxAgeMs: maxAgeOf(request.headers['cache-control']),
      mutationRefusal: open && !isLocalRequest(request) ? NOT_LOCAL : null,
    },
    refusedByContent: false,
    withoutTimes: isGet,
    answer: null,
  };
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { ...asked, headers: headersOf(request) },
    context: async () => ({ exchange: graphql }),
  });
  if (signal.aborted) return;
  const { 'content-type': type = `${JSON_TYPE}; charset=utf-8`, ...others } = Object.fromEntries(result.headers);
  const status = statusOf(result, graphql, type);
  const caching = isGet ? await cachingHeaders(graphql, registry, exchange) : { 'cache-control': NO_STORE };
  if (status === 200 && caching.etag !== undefined && isNoneMatch(request.headers['if-none-match'], caching.etag)) {
    response.appendHeader('vary', 'Accept-Encoding');
    response.writeHead(304, { ...caching });
    response.end();
    return;
  }
  await sendCompressed(exchange, status, type, await bodyOf(result, graphql, signal), { ...others, ...caching });
}

/**
 * The headers as Apollo Server gets them. It reads the content type with regular expressions that take quadratic time, so
 * it gets the bare type that was read here.
 */
function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  if (headers.has('content-type')) headers.set('content-type', mediaTypeOf(request)?.essence ?? UNREADABLE_TYPE);
  return headers;
}

/** A refusal has no tag; what was answered has one, be it whole or not. */
async function cachingHeaders(
  { answer }: GraphqlExchange,
  registry: Registry,
  { request, signal }: Exchange,
): Promise<Caching> {
  if (answer === null) return { 'cache-control': NO_STORE };
  const cacheControl = cacheControlOf(answer, registry, request.headers.authorization !== undefined);
  const { result } = answer;
  return {
    'cache-control': cacheControl,
    age: String(Math.floor(answer.ageMs / 1000)),
    ...('data' in result && { etag: await entityTagOf(result, signal) }),
  };
}

interface Caching {
  readonly 'cache-control': string;
  /** Seconds since the oldest part of the answer was read from its source. */
  readonly age?: string;
  readonly etag?: string;
}

/** A request that is well-formed as HTTP and wrong as GraphQL is a 200 for those who know only plain JSON. */
function statusOf(result: HTTPGraphQLResponse, exchange: GraphqlExchange, type: string): number {
  const status = result.status ?? 200;
  return status === 400 && exchange.refusedByContent && type.startsWith(JSON_TYPE) ? 200 : status;
}

async function bodyOf(
  { body }: HTTPGraphQLResponse,
  { answer }: GraphqlExchange,
  signal: AbortSignal,
): Promise<string | readonly Buffer[]> {
  // Only @defer and @stream give chunks, which the schema does not have.
  if (body.kind === 'chunked') throw new Error('Apollo Server answered in chunks.');
  if (answer?.result.data === undefined) return body.string;
  const { errors, data, extensions } = answer.result;
  return await Array.fromAsync(jsonPieces({ errors, data, extensions }, signal));
}

/** The bytes of a body that says that it is JSON. */
async function readJson(exchange: Exchange, maxBytes: number): Promise<Uint8Array> {
  const type = mediaTypeOf(exchange.request);
  if (type?.essence !== JSON_TYPE) {
    throw new HttpRefusal(
      415,
      `The Content-Type must be application/json, not ${JSON.stringify(type?.essence ?? '')}.`,
    );
  }
  if (type.charset !== 'utf-8' && type.charset !== 'utf8') {
    throw new HttpRefusal(415, `The charset must be utf-8, not ${JSON.stringify(type.charset)}.`);
  }
  return await readWhole(exchange, maxBytes);
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpRefusal(400, 'The body is not UTF-8.');
  }
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new HttpRefusal(400, `The body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

function wantsPage({ request }: Exchange): boolean {
  const { accept } = request.headers;
  if (accept === undefined) return false;
  const html = preferenceFor(accept, 'text/html');
  return html > preferenceFor(accept, JSON_TYPE) && html > preferenceFor(accept, GRAPHQL_TYPE);
}

function prefersGraphqlType(accept: string | undefined): boolean {
  return accept !== undefined && preferenceFor(accept, GRAPHQL_TYPE) > preferenceFor(accept, JSON_TYPE);
}

function codeOf(status: number): ClientErrorCode {
  if (status === 413 || status === 503) return 'LIMIT_EXCEEDED';
  return status >= 500 ? 'INTERNAL' : 'BAD_USER_INPUT';
}
