import { STRANGE, TRUSTED } from '../../support/certificates.ts';
import {
  answerWith,
  type FaultyServer,
  flapping,
  type HttpFault,
  hangBeforeHeaders,
  hangInBody,
  resetHalfWay,
  slowBy,
} from '../../support/faulty-server.ts';
import type { Expected } from './fault-paths.ts';
import { documentOf, type Half } from './two-halves.ts';

/** A way in which a web server fails. */
export interface HttpFaultCase extends Expected {
  readonly name: string;
  begin(server: FaultyServer, half: Half): Promise<void> | void;
  end(server: FaultyServer, half: Half): Promise<void> | void;
  /** What is done to single requests, where it is that. */
  readonly fault?: HttpFault;
}

const UNAVAILABLE = { codes: ['SOURCE_UNAVAILABLE'] };
const TIMEOUT = { codes: ['SOURCE_TIMEOUT'] };
const BAD_DATA = { codes: ['SOURCE_BAD_DATA'] };
const RATE_LIMITED = { codes: ['SOURCE_RATE_LIMITED'] };
const HTML = { 'content-type': 'text/html' };
const TEXT = { 'content-type': 'text/plain' };
const JSON_TYPE = { 'content-type': 'application/json' };
const page = () => '<!doctype html><title>Oops</title><p>Something at http://127.0.0.1:9 went wrong.</p>';
/** An answer of a server that is well takes a few milliseconds. */
const SLOW_MS = 60;

function answering(name: string, expected: Expected, fault: HttpFault): HttpFaultCase {
  const begin = (server: FaultyServer) => {
    server.fault = fault;
  };
  const end = (server: FaultyServer) => {
    server.fault = null;
    server.patience = 0;
  };
  return { name, ...expected, begin, end, fault };
}

function tooMany(name: string, retryWithin: number, headers: () => Record<string, string>, text = '') {
  const fault: HttpFault = (response) => response.writeHead(429, { ...TEXT, ...headers() }).end(text);
  return answering(name, { ...RATE_LIMITED, retryWithin }, fault);
}

const BAD_TEST = { id: 'lab:test-bad', origin: 'lab', build_id: 'lab:build', status: 'SPLENDID' };

/** The second try hides it. Made anew for each server, since it counts. */
const FLAPPING: HttpFaultCase = {
  name: 'failing with every other request',
  codes: [],
  isWhole: true,
  begin: (server) => {
    server.fault = flapping(answerWith(503, HTML, page));
  },
  end: (server) => {
    server.fault = null;
  },
};

export const HTTP_FAULTS: readonly HttpFaultCase[] = [
  { name: 'refusing connections', ...UNAVAILABLE, begin: (server) => server.close(), end: (server) => server.listen() },
  {
    name: 'presenting a certificate that nobody trusts',
    ...UNAVAILABLE,
    begin: (server) => server.present(STRANGE),
    end: (server) => server.present(TRUSTED),
  },
  answering('hanging before the headers', TIMEOUT, hangBeforeHeaders),
  answering('hanging in the body', TIMEOUT, hangInBody),
  answering('resetting half way', UNAVAILABLE, resetHalfWay),
  answering('answering 500 with HTML', UNAVAILABLE, answerWith(500, HTML, page)),
  answering(
    'answering 401',
    UNAVAILABLE,
    answerWith(401, JSON_TYPE, () => '{"detail":"Invalid token."}'),
  ),
  answering('redirecting', UNAVAILABLE, answerWith(302, { location: 'http://127.0.0.1:9/', ...HTML }, page)),
  tooMany('answering 429 with Retry-After in seconds', 1_000, () => ({ 'retry-after': '1' })),
  tooMany('answering 429 with Retry-After as a date', 2_000, () => ({
    'retry-after': new Date(Date.now() + 1_000).toUTCString(),
  })),
  tooMany(
    'answering 429 with its window in the message',
    1_000,
    () => ({}),
    'Allowed rate is 10 requests per 1 seconds.',
  ),
  tooMany('answering 429 without a word', 300, () => ({})),
  answering('answering another content type', BAD_DATA, answerWith(200, HTML, page)),
  answering(
    'answering half a JSON',
    BAD_DATA,
    answerWith(200, JSON_TYPE, (body) => body.slice(0, body.length / 2)),
  ),
  answering('answering damaged gzip', BAD_DATA, answerWith(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, page)),
  {
    name: 'holding a record that cannot be understood',
    ...BAD_DATA,
    isWhole: true,
    begin: (server, half) => {
      server.body = documentOf(half, [BAD_TEST]);
    },
    end: (server, half) => {
      server.body = documentOf(half);
    },
  },
  answering('ten times slower than usual', { codes: [], isWhole: true }, slowBy(SLOW_MS)),
  FLAPPING,
];
