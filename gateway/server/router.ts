import type { IncomingMessage } from 'node:http';
import { ByteBudgetError } from '../federation/byte-budget.ts';
import type { Exchange, Route } from './exchange.ts';
import { HttpRefusal } from './http-refusal.ts';
import { memoryRefusal } from './memory-refusal.ts';
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
