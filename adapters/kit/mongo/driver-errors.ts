import { SourceError, type SourceErrorCode } from '../../contract/errors.ts';
import { redact } from '../printable.ts';

/** The meaning of a server's failure. */
interface Meaning {
  readonly code: SourceErrorCode;
  readonly message: string;
  readonly isFinal?: boolean;
  /** The request was too large: this says nothing about the state of the source. */
  readonly isTooLarge?: boolean;
}

const unavailable = (message: string): Meaning => ({ code: 'SOURCE_UNAVAILABLE', message });
const final = (message: string): Meaning => ({ code: 'SOURCE_UNAVAILABLE', message, isFinal: true });
const unsupported = (message: string): Meaning => ({ code: 'SOURCE_UNSUPPORTED', message, isFinal: true });

const REFUSED = final('The database refused the credentials of the source.');
const NO_RIGHT = final('The database asks for credentials, or those of the source may not read this.');
const NO_PRIMARY = unavailable('The database is changing its primary, and had no server for the read.');
const STOPPING = unavailable('The server of the database is stopping.');
const LOST = unavailable('The database broke off its answer.');
const ENDED = unavailable('The database ended the read before it was finished.');
const TOO_SLOW: Meaning = { code: 'SOURCE_TIMEOUT', message: 'The database did not finish in time.' };
const TOO_MUCH = unsupported('The database would need more memory for this read than it allows.');
const NO_INDEX = unsupported('The index that this read needs is missing in the database.');
const TOO_LARGE: Meaning = {
  code: 'SOURCE_BAD_DATA',
  message: 'An answer is larger than the database can give.',
  isTooLarge: true,
};
const UNKNOWN_COMMAND = unsupported('The database does not know a command, or an option, that this read needs.');
const NO_CONCERN = unsupported('The database does not offer the read concern that is configured.');
const NO_PROTOCOL: Meaning = {
  code: 'SOURCE_BAD_DATA',
  message: 'The source answered with what is not the protocol of MongoDB.',
};
const UNSAFE = final('The database could not be reached safely: its certificate or its TLS is not as it must be.');
const UNREACHED = unavailable('The database could not be reached.');

/** By the server's error code. */
const SERVER_CODES: ReadonlyMap<number, Meaning> = new Map([
  ...[6, 7, 9001].map((code) => [code, unavailable('The database could not reach one of its own servers.')] as const),
  ...[11, 18, 8000].map((code) => [code, REFUSED] as const),
  [13, NO_RIGHT],
  ...[43, 175, 237, 11601].map((code) => [code, ENDED] as const),
  ...[50, 89, 262].map((code) => [code, TOO_SLOW] as const),
  ...[59, 115, 238, 40324, 40415].map((code) => [code, UNKNOWN_COMMAND] as const),
  ...[91, 11600].map((code) => [code, STOPPING] as const),
  ...[133, 134, 189, 10058, 10107, 11602, 13435, 13436].map((code) => [code, NO_PRIMARY] as const),
  ...[72, 127, 148].map((code) => [code, NO_CONCERN] as const),
  ...[146, 292, 16819, 16820, 16945].map((code) => [code, TOO_MUCH] as const),
  ...[291, 17007].map((code) => [code, NO_INDEX] as const),
  ...[10334, 17280].map((code) => [code, TOO_LARGE] as const),
  ...[462, 16500].map(
    (code) => [code, { code: 'SOURCE_RATE_LIMITED', message: 'The database asked for fewer reads.' } as const] as const,
  ),
]);

/** Servers use some codes for several failures: the message text distinguishes them. */
const SERVER_WORDS: readonly (readonly [RegExp, Meaning])[] = [
  [/\bhint\b/i, NO_INDEX],
  [/sort operation used more than|memory limit|maximum memory/i, TOO_MUCH],
  [/readconcern/i, NO_CONCERN],
  [/unknown field|not implemented|unrecognized/i, UNKNOWN_COMMAND],
  [/auth(entication)? (mechanism|failed)/i, REFUSED],
];

/** By the code of the operating system. */
const SYSTEM_CODES: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: unavailable('The database could not be reached: nothing listens at its address.'),
  ENOTFOUND: unavailable('The database could not be reached: its host name is not known.'),
  ENODATA: unavailable('The database could not be reached: its host name is not known.'),
  EAI_AGAIN: unavailable('The database could not be reached: its host name could not be looked up.'),
  EHOSTUNREACH: unavailable('The database could not be reached: there is no way to its host.'),
  ENETUNREACH: unavailable('The database could not be reached: there is no way to its network.'),
  ETIMEDOUT: unavailable('The database could not be reached: it did not answer in time.'),
  ECONNRESET: LOST,
  EPIPE: LOST,
};
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

/** By the name of the driver's error. The innermost known error is the most specific. */
const DRIVER_NAMES: Readonly<Record<string, Meaning>> = {
  MongoServerSelectionError: unavailable('The database could not be reached: no server of it answered in time.'),
  MongoNetworkTimeoutError: unavailable('The database could not be reached: it did not answer in time.'),
  MongoNetworkError: LOST,
  MongoPoolClearedError: LOST,
  MongoPoolClosedError: LOST,
  MongoServerClosedError: LOST,
  MongoConnectionPoolClearedError: LOST,
  MongoTopologyClosedError: unavailable('The source has stopped.'),
  MongoClientClosedError: unavailable('The source has stopped.'),
  MongoNotConnectedError: unavailable('The source has stopped.'),
  MongoExpiredSessionError: LOST,
  MongoCompatibilityError: final(
    'The server of the database is older than this gateway can read: MongoDB 4.2 is the oldest.',
  ),
  MongoMissingCredentialsError: REFUSED,
  MongoMissingDependencyError: final('The database asks for a kind of login or compression that is not installed.'),
  MongoParseError: NO_PROTOCOL,
  MongoDecompressionError: NO_PROTOCOL,
  MongoUnexpectedServerResponseError: NO_PROTOCOL,
  BSONError: NO_PROTOCOL,
  BSONOffsetError: NO_PROTOCOL,
  BSONVersionError: NO_PROTOCOL,
};
/** The maximum length of a chain of causes. */
const MAX_CHAIN = 10;

/**
 * Turns a failure of the driver into a SourceError without addresses or credentials. An error that did not come from
 * the driver or the network is a bug of ours and is returned unchanged.
 */
export function sourceErrorOf(error: unknown, isEnded: boolean, conceal: (text: string) => string): unknown {
  if (error instanceof SourceError) return error;
  const chain = chainOf(error);
  if (!isEnded && !chain.some(isOfDriver)) return error;
  const cause = new Error(conceal(chain.map(toText).join(' < ')));
  if (isEnded) return new SourceError('SOURCE_TIMEOUT', 'The read ended before the database answered.', { cause });
  const { code, message, isFinal, isTooLarge } = meaningOf(chain);
  const retry = code === 'SOURCE_RATE_LIMITED' ? { retryAfterMs: 1000 } : {};
  const origin = isTooLarge === true ? 'gateway' : 'source';
  return new SourceError(code, message, { cause, origin, isRetryable: isFinal !== true, ...retry });
}

/** The driver cannot parse the URL. Its own message may contain the URL, so it is dropped. */
export function unusableUrl(): SourceError {
  const message = 'The URL of the database, or an option in it, is not one that the driver understands.';
  return new SourceError('SOURCE_UNAVAILABLE', message, { isRetryable: false });
}

function meaningOf(chain: readonly object[]): Meaning {
  for (const link of chain) {
    const meaning = ofServer(link);
    if (meaning !== null) return meaning;
  }
  for (const link of chain) {
    const code = 'code' in link && typeof link.code === 'string' ? link.code : '';
    const meaning = TLS.test(code) ? UNSAFE : SYSTEM_CODES[code];
    if (meaning !== undefined) return meaning;
  }
  for (const link of chain.toReversed()) {
    const meaning = DRIVER_NAMES[nameOf(link)];
    if (meaning !== undefined) return meaning;
  }
  return UNREACHED;
}

function ofServer(link: object): Meaning | null {
  if (nameOf(link) !== 'MongoServerError') return null;
  if ('errorLabels' in link && Array.isArray(link.errorLabels) && link.errorLabels.includes('SystemOverloadedError'))
    return SERVER_CODES.get(462) ?? null;
  const words = 'message' in link ? String(link.message) : '';
  const known = 'code' in link ? SERVER_CODES.get(Number(link.code)) : undefined;
  return known ?? SERVER_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? unavailable('The database failed.');
}

function isOfDriver(link: object): boolean {
  return /^(Mongo|BSON)/.test(nameOf(link)) || ('code' in link && typeof link.code === 'string');
}

/** The error and its causes, outermost first. */
function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  let next: unknown = error;
  while (typeof next === 'object' && next !== null && chain.length < MAX_CHAIN && !chain.includes(next)) {
    chain.push(next);
    next = next instanceof AggregateError ? next.errors[0] : 'cause' in next ? next.cause : undefined;
  }
  return chain;
}

function nameOf(link: object): string {
  return 'name' in link ? String(link.name) : '';
}

function toText(link: object): string {
  const code = 'code' in link && link.code !== undefined ? ` ${String(link.code)}` : '';
  return `${nameOf(link)}${code}: ${'message' in link ? String(link.message) : ''}`;
}

/** Removes the user, password and URL of the source from messages of the driver, so that they can be logged. */
export function concealerOf(url: string, credentials: readonly (string | undefined)[]): (text: string) => string {
  const userinfo = /^[^/]*\/\/(.*)@/.exec(url)?.[1] ?? '';
  const parts = userinfo === '' ? [] : [userinfo, ...userinfo.split(':'), ...userinfo.split(':').map(decoded)];
  const secrets = [...new Set([url, ...parts, ...credentials])]
    .filter((secret) => secret !== undefined && secret !== '')
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0));
  return (text) => {
    let open = text;
    for (const secret of secrets) if (secret !== undefined) open = open.replaceAll(secret, '…');
    return redact(open);
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
