import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OVERLOADED, OVERLOADED_HEADERS } from './admission.ts';
import type { Route } from './exchange.ts';
import { findRoute, type RouterOptions } from './router.ts';
import { securityHeaders } from './security-headers.ts';

/** Gives the route of a request that it refused, or null for one that has to be looked at. */
export type RefuseFlood = (request: IncomingMessage, response: ServerResponse) => Route | null;

/**
 * Refuses requests while nobody can even wait for a place. Of those there may be several times as many as the gateway can
 * answer, so nothing is made for them that a refusal does not need, and what they are told is written once.
 */
export function floodRefusal(routes: RouterOptions['routes'], isFull: () => boolean): RefuseFlood {
  const bodies = new Map<Route, string>();
  const headers = Object.entries({ ...OVERLOADED_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .concat([...securityHeaders])
    .flat();
  return (request, response) => {
    // A page of another origin may read its refusal only with headers that the router makes.
    if (!isFull() || request.headers.origin !== undefined) return null;
    const { url = '/' } = request;
    const query = url.indexOf('?');
    const route = findRoute(routes, query < 0 ? url : url.slice(0, query));
    if (route.isAlwaysAnswered === true) return null;
    let body = bodies.get(route);
    if (body === undefined) {
      body = JSON.stringify(route.errorBody(503, { message: OVERLOADED, faults: [] }));
      bodies.set(route, body);
    }
    const length = String(Buffer.byteLength(body));
    response.writeHead(503, [...headers, 'x-request-id', randomUUID(), 'content-length', length]);
    response.end(body);
    return route;
  };
}
