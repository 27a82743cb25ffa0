import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DocumentNode, type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../federation/request.ts';

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

/** graphql-js: what every other executor must agree with, and what runs whatever they do not. */
export class ReferenceExecutor implements Executor {
  readonly schema: GraphQLSchema;

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
  }

  async execute({ document, operationName, variables, context }: ExecutionRequest): Promise<ExecutionResult> {
    try {
      const asked = { schema: this.schema, document, operationName, variableValues: variables, contextValue: context };
      return await withErrorsBeside(await execute(asked));
    } catch (error) {
      return { data: null, errors: [internalError(error)] };
    }
  }
}

/** An error of ours, whose cause only the log shows. */
export function internalError(cause: unknown): GraphQLError {
  return new GraphQLError('The gateway failed.', {
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
  });
}
