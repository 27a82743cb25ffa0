import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * What proxies add: `Forwarded`, `Via` and `CDN-Loop`, `X-Forwarded-*` and its many relatives, and the address of the client
 * by the names that products have for it (`X-Real-IP`, `CF-Connecting-IP`, `True-Client-IP`, `X-Envoy-External-Address`).
 */
const FORWARDING =
  /forwarded|^(via|cdn-loop|x-proxyuser-ip|x-amzn-trace-id)$|^x-(original|envoy|arr)-|(client|connecting|real|remote|source|cluster)-?(ip|addr|address)$/;
/** A name or an address, and perhaps a port: a URL parser would also take a user, a path or a fragment. */
const HOST = /^(\[[\d.:a-f]+\]|[\w.-]+)(:\d*)?$/i;

/**
 * Whether a request names this very machine in `Host`, and in `Origin` where it has one, and came through no proxy. A web
 * page that had its own name point here names itself in both; a proxy on this machine may pass on a `Host` of its own.
 */
export function isLocalRequest(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  // An empty one counts too: the request came through something that writes it.
  if (Object.keys(request.headers).some((header) => FORWARDING.test(header))) return false;
  return HOST.test(host ?? '') && isLocal(`http://${host}`) && (origin === undefined || isLocal(origin));
}

function isLocal(url: string): boolean {
  const hostname = URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (isIP(hostname) === 0) return hostname === 'localhost';
  return LOOPBACK.check(hostname, isIP(hostname) === 6 ? 'ipv6' : 'ipv4');
}

/** What an open door tells the others. */
export const NOT_LOCAL =
  'This instance takes submissions without a token, and therefore only requests whose Host is localhost or a loopback address, and that did not come through a proxy (no X-Forwarded-*, Forwarded, Via, X-Real-IP or another header that proxies add).';
