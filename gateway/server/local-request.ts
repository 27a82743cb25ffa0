import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Whether a request names this very machine in `Host`, and in `Origin` where it has one. A web page that had its own
 * name point here names itself in both.
 */
export function isLocalRequest(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  return isLocal(`http://${host ?? ''}`) && (origin === undefined || isLocal(origin));
}

function isLocal(url: string): boolean {
  const hostname = URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (isIP(hostname) === 0) return hostname === 'localhost';
  return LOOPBACK.check(hostname, isIP(hostname) === 6 ? 'ipv6' : 'ipv4');
}

/** What an open door tells the others. */
export const NOT_LOCAL =
  'This instance takes submissions without a token, and therefore only requests whose Host is localhost or a loopback address.';
