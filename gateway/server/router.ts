import type { Exchange, Route } from './exchange.ts';
import { HttpRefusal } from './http-refusal.ts';
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

/** The route of a path; one without methods where there is none. */
export function findRoute(routes: RouterOptions['routes'], path: string): Route {
  return Object.hasOwn(routes, path) ? (routes[path] ?? UNKNOWN) : UNKNOWN;
}

/** Answers a request by its route. Never rejects: what goes wrong is answered as the route words errors. */
export async function dispatch({ routes, cors, admit }: RouterOptions, exchange: Exchange): Promise<void> {
  const route = findRoute(routes, exchange.path);
  let leave = () => {};
  try {
    // A page of another origin may read a refusal too.
    if (cors(exchange, route)) return;
    if (route.isAlwaysAnswered !== true) leave = await admit(exchange);
    await handle(routes, route, exchange);
  } catch (error) {
    refuse(route, exchange, error);
  } finally {
    leave();
  }
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
