import { errors } from 'undici';
import { SourceError } from '../../errors.ts';
import { PRIVATE_ADDRESS } from './public-lookup.ts';

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
