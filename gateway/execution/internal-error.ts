import { GraphQLError } from 'graphql';

/** An error of ours, whose cause only the log shows. */
export function internalError(cause: unknown): GraphQLError {
  return new GraphQLError('The gateway failed.', {
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
  });
}
