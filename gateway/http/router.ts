import type { IncomingMessage } from 'node:http';
import { ByteBudgetError } from '../federation/byte-budget.ts';
import { type Exchange, HttpRefusal, memoryRefusal, type Route } from './exchange.ts';
import { sendJson } from './send.ts';

export interface RouterOptions {
  readonly routes: { readonly [path: string]: Route };
  readonly cors: (exchange: Exchange, route: Route) => boolean;
  /** Waits for a place among those that are worked on; gives what leaves it. */
  readonly admit: (exchange: Exchange) => Promise<() => void>;
}

const UNKNOWN: Route = {
  name: 'unknown',
  methods: {},
  errorBody: (_status, { message }) => ({ status: 'error', message }),
};

/** The route of a path, or of a whole address as proxies ask for it; one without methods where there is none. */
export function findRoute(routes: RouterOptions['routes'], target: string): Route {
  const { path } = readTarget(target);
  return Object.hasOwn(routes, path) ? (routes[path] ?? UNKNOWN) : UNKNOWN;
}

/** Answers a request by its route. Never rejects: what goes wrong is answered as the route words errors. */
export async function dispatch({ routes, cors, admit }: RouterOptions, exchange: Exchange): Promise<void> {
  const { path, host } = readTarget(exchange.path);
  const route = findRoute(routes, path);
  let leave = () => {};
  try {
    checkHost(exchange.request);
    // RFC 9112 wants the host of a whole address to stand for the header.
    if (host !== null) exchange.request.headers.host = host;
    const asked = { ...exchange, path };
    // A page of another origin may read a refusal too.
    if (cors(asked, route)) return;
    if (route.isAlwaysAnswered !== true) leave = await admit(asked);
    await handle(routes, route, asked);
  } catch (error) {
    refuse(route, exchange, error instanceof ByteBudgetError ? memoryRefusal(error) : error);
  } finally {
    leave();
  }
}

/** The path of a request target, and the host where it is a whole address, such as `http://host/graphql`. */
function readTarget(target: string): { readonly path: string; readonly host: string | null } {
  const [, host, path] = /^https?:\/\/([^/]+)(\/.*)?$/i.exec(target) ?? [];
  return host === undefined ? { path: target, host: null } : { path: path ?? '/', host };
}

/** Node.js goes by the first of several, a proxy in front perhaps by another. */
function checkHost({ rawHeaders }: IncomingMessage): void {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts <= 1) return;
  const message = `The request has ${hosts} Host headers; it must have one.`;
  throw new HttpRefusal(400, message, { headers: { connection: 'close' } });
}

async function handle(routes: RouterOptions['routes'], route: Route, exchange: Exchange): Promise<void> {
  if (route === UNKNOWN) {
    const paths = Object.keys(routes).join(', ');
    throw new HttpRefusal(
      404,
      `There is nothing at ${JSON.stringify(exchange.path.slice(0, 100))}; there is ${paths}.`,
    );
  }
  const method = exchange.request.method ?? 'GET';
  const allowed = allowedMethods(route);
  const handler = route.methods[method === 'HEAD' ? 'GET' : method];
  if (!allowed.includes(method) || handler === undefined) {
    const message = `${exchange.path} does not take ${method.slice(0, 20)}; it takes ${allowed.join(', ')}.`;
    throw new HttpRefusal(405, message, { headers: { allow: allowed.join(', ') } });
  }
  await handler(exchange);
}

export function allowedMethods(route: Route): string[] {
  return Object.keys(route.methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function refuse(route: Route, { response, requestId, log, signal }: Exchange, error: unknown): void {
  if (signal.aborted || response.headersSent) {
    if (!(error instanceof HttpRefusal)) log.debug({ requestId, err: error }, 'a request ended without an answer');
    response.destroy();
    return;
  }
  if (error instanceof HttpRefusal) {
    const { status, message, faults, headers } = error;
    sendJson(response, status, route.errorBody(status, { message, faults }), headers);
    return;
  }
  log.error({ requestId, err: error }, 'a request failed inside the gateway');
  const message = `The gateway failed; its log tells why, under the request ${requestId}.`;
  sendJson(response, 500, route.errorBody(500, { message, faults: [] }));
}

/** On every answer. GraphiQL's page brings a Content-Security-Policy of its own. */
export const securityHeaders: ReadonlyMap<string, string> = new Map([
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
]);

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
