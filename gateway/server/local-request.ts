import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** What proxies add; everything that begins with `x-forwarded-` beside them. */
const FORWARDING: ReadonlySet<string> = new Set(['forwarded', 'via', 'x-real-ip']);

/**
 * Whether a request names this very machine in `Host`, and in `Origin` where it has one, and came through no proxy. A web
 * page that had its own name point here names itself in both; a proxy on this machine may pass on a `Host` of its own.
 */
export function isLocalRequest(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (Object.keys(request.headers).some(isForwarding)) return false;
  return isLocal(`http://${host ?? ''}`) && (origin === undefined || isLocal(origin));
}

/** An empty header counts too: the request came through something that writes it. */
function isForwarding(header: string): boolean {
  return FORWARDING.has(header) || header.startsWith('x-forwarded-');
}

function isLocal(url: string): boolean {
  const hostname = URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (isIP(hostname) === 0) return hostname === 'localhost';
  return LOOPBACK.check(hostname, isIP(hostname) === 6 ? 'ipv6' : 'ipv4');
}

/** What an open door tells the others. */
export const NOT_LOCAL =
  'This instance takes submissions without a token, and therefore only requests whose Host is localhost or a loopback address, and that did not come through a proxy (no X-Forwarded-*, Forwarded, Via or X-Real-IP).';
