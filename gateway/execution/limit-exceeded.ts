import type { GraphQLError } from 'graphql';
import { clientError } from '../federation/client-error.ts';

/** The request asks for more than one request may: refused before anything is executed. */
export function limitExceeded(message: string): GraphQLError {
  return clientError('LIMIT_EXCEEDED', message, { http: { status: 400 } });
}
