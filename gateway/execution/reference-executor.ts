import { type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import { type ExecutionRequest, type Executor, withErrorsBeside } from './executor.ts';
import { internalError } from './internal-error.ts';

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
