import { GraphQLError } from 'graphql';

/** The codes of errors that are the client's fault, or ours; those of the sources are in `adapters/errors.ts`. */
export const CLIENT_ERROR_CODES = [
  /** An argument or a document that breaks a rule; the message names it. */
  'BAD_USER_INPUT',
  /** A cursor that was damaged, or made for another list. */
  'BAD_CURSOR',
  /** The query asks for more than this instance allows. */
  'LIMIT_EXCEEDED',
  /** Our own work took too long; a slow source is SOURCE_TIMEOUT. */
  'DEADLINE_EXCEEDED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  /** A bug here; the log has the rest. */
  'INTERNAL',
] as const;
export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number];

/** An error of the answer. `message` is a whole sentence; `extensions` stand beside the code. */
export function clientError(
  code: ClientErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code } });
}

/** A value as a message quotes it: short, on one line. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77).toWellFormed()}..."` : text;
}
