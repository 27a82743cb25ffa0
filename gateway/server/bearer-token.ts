import type { IncomingMessage } from 'node:http';

/** The token of `Authorization: Bearer TOKEN`; null without one. */
export function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
