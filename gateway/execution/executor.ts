import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { RequestContext } from '../federation/request-context.ts';

export interface ExecutionRequest {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/**
 * Waits a turn of the event loop where a field that cannot be null has failed: the fields beside it that fail at once, such
 * as by their arguments, add their errors to the same list meanwhile, whichever engine executes.
 */
export async function withErrorsBeside(result: ExecutionResult): Promise<ExecutionResult> {
  if (result.errors !== undefined && (result.data ?? null) === null) await nextTurn();
  return result;
}

/** Executes parsed and validated operations against one schema. Never rejects: a fault is an error of the result. */
export interface Executor {
  readonly schema: GraphQLSchema;
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
}
