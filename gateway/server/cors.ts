import type { Exchange, Route } from './exchange.ts';
import { allowedMethods } from './router.ts';

/** What pages of other origins may read, and that a path is none. Not /submit: a page has no business there. */
const SHARED: ReadonlySet<string> = new Set(['/graphql', '/health', '/ready', 'unknown']);
/** What a page may read of an answer beside what every page may: tags, whom to ask later, and what to name in a report. */
const EXPOSED = 'etag, age, allow, retry-after, www-authenticate, x-request-id';
const A_DAY = '86400';

/**
 * Lets pages of the configured origins ask, and read errors too: the headers are set before anything is looked at. Cookies
 * are not let through, since nothing here goes by them. Gives true where it has answered: a preflight.
 */
export function corsPolicy(origins: readonly string[]): (exchange: Exchange, route: Route) => boolean {
  const all = origins.includes('*');
  return ({ request, response }, route) => {
    const { origin } = request.headers;
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    const allowed = origin !== undefined && SHARED.has(route.name) && (all || origins.includes(origin));
    if (!all && origins.length > 0) response.appendHeader('vary', 'Origin');
    if (allowed) {
      response.setHeader('access-control-allow-origin', all ? '*' : origin);
      response.setHeader('access-control-expose-headers', EXPOSED);
    }
    if (!preflight) return false;
    if (allowed) {
      response.appendHeader('vary', 'Access-Control-Request-Headers');
      response.setHeader('access-control-allow-methods', allowedMethods(route).join(', '));
      // Clients add headers of their own making, of which nothing here is said: who is listed may send any.
      const asked = request.headers['access-control-request-headers'];
      if (asked !== undefined) response.setHeader('access-control-allow-headers', asked);
      response.setHeader('access-control-max-age', A_DAY);
    }
    response.writeHead(204);
    response.end();
    return true;
  };
}
