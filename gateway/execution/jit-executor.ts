import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { isCompilable } from './compilable.ts';
import type { ExecutionRequest, Executor } from './executor.ts';
import { internalError } from './internal-error.ts';
import { ReferenceExecutor } from './reference-executor.ts';

/** Documents that are remembered; the least recently used one goes first. */
const MAX_DOCUMENTS = 500;

/** Of one operation of a document: how it is executed. */
type Plan = 'seen' | 'not compilable' | CompiledQuery;

/** Called after each execution with the engine that did it. */
export type OnExecuted = (engine: 'jit' | 'reference', ms: number) => void;

/**
 * Executes queries by code that graphql-jit generates for each operation. Compiling takes about as long as executing a
 * few times, so an operation is compiled when it is seen again; until then, and for what graphql-jit cannot do or does
 * otherwise than graphql-js, graphql-js executes.
 */
export class JitExecutor implements Executor {
  readonly schema: GraphQLSchema;
  readonly #reference: ReferenceExecutor;
  readonly #plans = new LRUCache<DocumentNode, Map<string, Plan>>({ max: MAX_DOCUMENTS });
  readonly #onExecuted: OnExecuted;

  constructor(schema: GraphQLSchema, onExecuted: OnExecuted = () => {}) {
    this.schema = schema;
    this.#reference = new ReferenceExecutor(schema);
    this.#onExecuted = onExecuted;
  }

  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    const started = performance.now();
    const plan = this.#plan(request.document, request.operationName);
    if (typeof plan === 'string') {
      const result = await this.#reference.execute(request);
      this.#onExecuted('reference', performance.now() - started);
      return result;
    }
    try {
      const result = await plan.query(undefined, request.context, this.#withDefaults(request));
      this.#onExecuted('jit', performance.now() - started);
      return result.errors === undefined ? result : { ...result, errors: result.errors.map(toGraphQLError) };
    } catch (error) {
      return { data: null, errors: [internalError(error)] };
    }
  }

  /** graphql-jit forgets defaults of non-null variables. It reads what graphql-js has read again: scalars allow that. */
  #withDefaults({ document, operationName, variables }: ExecutionRequest): ExecutionRequest['variables'] {
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
    if (definitions.length === 0) return variables;
    return getVariableValues(this.schema, definitions, variables).coerced ?? variables;
  }

  #plan(document: DocumentNode, operationName: string | null): Plan {
    let plans = this.#plans.get(document);
    if (plans === undefined) {
      plans = new Map();
      this.#plans.set(document, plans);
    }
    const name = operationName ?? '';
    let plan = plans.get(name);
    if (plan === undefined) {
      const operation = getOperationAST(document, operationName);
      plan = operation && isCompilable(this.schema, document, operation) ? 'seen' : 'not compilable';
      // An operation that is not there is not remembered: its name is the client's choice.
      if (operation) plans.set(name, plan);
      return plan;
    }
    if (plan === 'seen') {
      plan = compile(this.schema, document, operationName);
      plans.set(name, plan);
    }
    return plan;
  }
}

function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): Plan {
  const compiled = compileQuery(schema, document, operationName ?? undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? compiled : 'not compilable';
}

/** graphql-jit's errors lack `extensions` where there are none, on which Apollo Server relies. */
function toGraphQLError(error: GraphQLError | GraphQLFormattedError): GraphQLError {
  const located = new GraphQLError(error.message, {
    path: error.path,
    extensions: error.extensions,
    originalError: error instanceof GraphQLError ? error.originalError : undefined,
  });
  Object.defineProperty(located, 'locations', { value: error.locations, enumerable: true });
  return located;
}
