import type { Exchange, Route } from './exchange.ts';
import { allowedMethods } from './router.ts';

/** What pages of other origins may read. Not /submit: a page has no business there. */
const SHARED: ReadonlySet<string> = new Set(['/graphql', '/health', '/ready']);
const HEADERS = 'authorization, content-type, apollo-require-preflight, if-none-match, x-apollo-operation-name';
const A_DAY = '86400';

/** Lets pages of the configured origins ask. Gives true where it has answered: a preflight. */
export function corsPolicy(origins: readonly string[]): (exchange: Exchange, route: Route) => boolean {
  const all = origins.includes('*');
  return ({ request, response }, route) => {
    const { origin } = request.headers;
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    const allowed = origin !== undefined && SHARED.has(route.name) && (all || origins.includes(origin));
    if (!all && origins.length > 0) response.appendHeader('vary', 'Origin');
    if (allowed) {
      response.setHeader('access-control-allow-origin', all ? '*' : origin);
      response.setHeader('access-control-expose-headers', 'etag, x-request-id');
    }
    if (!preflight) return false;
    if (allowed) {
      response.setHeader('access-control-allow-methods', allowedMethods(route).join(', '));
      response.setHeader('access-control-allow-headers', HEADERS);
      response.setHeader('access-control-max-age', A_DAY);
    }
    response.writeHead(204);
    response.end();
    return true;
  };
}
