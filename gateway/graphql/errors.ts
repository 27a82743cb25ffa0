import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../../adapters/contract/adapter.ts';
import { SOURCE_ERROR_CODES } from '../../adapters/contract/errors.ts';
import { CLIENT_ERROR_CODES } from '../federation/source-report.ts';
import { isTokenLimit } from './limits.ts';

/** A message may quote what the client sent, and that may be long. */
const MAX_MESSAGE = 1_000;

/** Every code that an answer may hold. */
const CODES: ReadonlySet<unknown> = new Set([
  ...CLIENT_ERROR_CODES,
  ...SOURCE_ERROR_CODES,
  // No error, but a step of a protocol: clients that send hashes of documents wait for this very word.
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** Apollo Server's own codes for what a client did wrong. */
const CLIENT_FAULTS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** graphql-js and Apollo Server give no code to some things that are wrong with a request. */
const FAULT_WORDINGS = /^(Argument|Variable) "|^Unsupported persisted query version|^provided sha does not match/;

/** Apollo Server's wordings that would speak of it, by what is said instead. */
const WORDINGS = new Map([
  ['Apollo Server supports only GET/POST requests.', 'GraphQL is asked by GET or POST.'],
  ['Operation batching disabled.', 'The body is an array: send one GraphQL request at a time.'],
]);

/**
 * Brings an error to the one table of codes. What has no code of it is a fault of ours: the log gets all of it, the
 * client the id under which to find it there.
 */
export function toClientError(error: GraphQLError, log: Logger, requestId: string): GraphQLError {
  const code = codeOf(error);
  if (code !== 'INTERNAL') {
    if (error.extensions.code === code) return error;
    return relocated(error, error.message, { ...error.extensions, code });
  }
  if (typeof error.extensions.requestId === 'string') return error;
  log.error({ requestId, path: error.path, err: error.originalError ?? error }, 'a request failed inside the gateway');
  return relocated(error, `The gateway failed; its log tells why, under the request ${requestId}.`, {
    code,
    requestId,
  });
}

/** Apollo Server's last step for each error. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { stacktrace: _stacktrace, ...extensions } = formatted.extensions ?? {};
  const code = error instanceof GraphQLError ? codeOf(error) : 'INTERNAL';
  const wording = code === 'INTERNAL' && extensions.requestId === undefined ? 'The gateway failed.' : formatted.message;
  return { ...formatted, message: worded(wording), extensions: { ...extensions, code } };
}

function codeOf(error: GraphQLError): string {
  const { code } = error.extensions;
  if (isTokenLimit(error) || isTokenLimit(error.originalError)) return 'LIMIT_EXCEEDED';
  if (CLIENT_FAULTS.has(code)) return 'BAD_USER_INPUT';
  if (typeof code === 'string' && CODES.has(code)) return code;
  // graphql-js wraps what is wrong with an argument or a condition once more, to say at which path.
  const cause = error.originalError ?? error;
  const isOfGraphql = cause instanceof GraphQLError && cause.originalError === undefined;
  return isOfGraphql && FAULT_WORDINGS.test(error.message) ? 'BAD_USER_INPUT' : 'INTERNAL';
}

function relocated(error: GraphQLError, message: string, extensions: Readonly<Record<string, unknown>>): GraphQLError {
  const copy = new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    originalError: error.originalError,
    extensions,
  });
  // A compiled executor knows locations without nodes.
  if (copy.locations === undefined && error.locations !== undefined) {
    Object.defineProperty(copy, 'locations', { value: error.locations, enumerable: true });
  }
  return copy;
}

function worded(message: string): string {
  const wording = WORDINGS.get(message) ?? message;
  return wording.length > MAX_MESSAGE ? `${wording.slice(0, MAX_MESSAGE).toWellFormed()}…` : wording;
}
