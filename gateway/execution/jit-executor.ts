import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { hasPlainNames, isCompilable } from './compilable.ts';
import { conditionVariables, withoutConditions } from './conditions.ts';
import type { ExecutionRequest, Executor } from './executor.ts';
import { internalError } from './internal-error.ts';
import { jitErrors } from './jit-errors.ts';
import { ReferenceExecutor } from './reference-executor.ts';

/** Documents that are remembered; the least recently used one goes first. */
const MAX_DOCUMENTS = 500;
/** Plans that are remembered of one operation: a document of many conditions has more of them than anybody asks for. */
const MAX_PLANS = 16;
/** Operations of all documents together whose generated code is kept. */
const MAX_COMPILED = 500;

/** An operation of a document. */
interface KnownOperation {
  readonly definition: OperationDefinitionNode;
  /** Which variables decide what is selected. */
  readonly conditions: readonly string[];
  /** By the values of the conditions. */
  readonly plans: LRUCache<string, Plan>;
}

/** An operation with known conditions, which was executed before. */
interface Plan {
  code: Code | 'not yet' | 'not compilable';
}

interface Code {
  readonly query: CompiledQuery['query'];
  /** What was compiled. */
  readonly document: DocumentNode;
}

/** Called after each execution with the engine that did it. */
export type OnExecuted = (engine: 'jit' | 'reference', ms: number) => void;

/**
 * Executes queries by code that graphql-jit generates for each operation and each outcome of its conditions: graphql-jit
 * gets no `@skip` and `@include`, which it keeps on AST nodes that places and operations share. Compiling takes about as
 * long as executing a few times, so an operation is compiled when it is seen again; until then, and for what graphql-jit
 * cannot do or does otherwise than graphql-js, graphql-js executes.
 */
export class JitExecutor implements Executor {
  readonly schema: GraphQLSchema;
  readonly #reference: ReferenceExecutor;
  readonly #operations = new LRUCache<DocumentNode, Map<string, KnownOperation | null>>({
    max: MAX_DOCUMENTS,
    dispose: (operations) => {
      for (const operation of operations.values()) operation?.plans.clear();
    },
  });
  readonly #compiled = new LRUCache<Plan, true>({
    max: MAX_COMPILED,
    dispose: (_, plan) => {
      plan.code = 'not yet';
    },
  });
  readonly #onExecuted: OnExecuted;

  constructor(schema: GraphQLSchema, onExecuted: OnExecuted = () => {}) {
    this.schema = schema;
    this.#reference = new ReferenceExecutor(schema);
    this.#onExecuted = onExecuted;
  }

  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    const started = performance.now();
    const operation = this.#operation(request);
    // graphql-jit forgets defaults of non-null variables. It reads what graphql-js has read again: scalars allow that.
    const variables = operation && this.#variables(operation, request);
    const code = variables && this.#code(request.document, operation, variables);
    if (!code) {
      const result = await this.#reference.execute(request);
      this.#onExecuted('reference', performance.now() - started);
      return result;
    }
    try {
      const { data, errors } = await code.query(undefined, request.context, variables);
      this.#onExecuted('jit', performance.now() - started);
      return errors === undefined ? { data } : { data, errors: jitErrors(this.schema, code.document, errors) };
    } catch (error) {
      return { data: null, errors: [internalError(error)] };
    }
  }

  /** Null where only graphql-js executes. */
  #operation({ document, operationName }: ExecutionRequest): KnownOperation | null {
    let operations = this.#operations.get(document);
    if (operations === undefined) {
      operations = new Map();
      this.#operations.set(document, operations);
    }
    const name = operationName ?? '';
    let known = operations.get(name);
    if (known === undefined) {
      const definition = getOperationAST(document, operationName);
      // An operation that is not there is not remembered: its name is the client's choice.
      if (!definition) return null;
      known = isCompilable(document, definition)
        ? {
            definition,
            conditions: conditionVariables(document, definition),
            plans: new LRUCache({ max: MAX_PLANS, dispose: (plan) => this.#compiled.delete(plan) }),
          }
        : null;
      operations.set(name, known);
    }
    return known;
  }

  /** Null where they are wrong: graphql-js says how. */
  #variables({ definition }: KnownOperation, { variables }: ExecutionRequest): Record<string, unknown> | null {
    const definitions = definition.variableDefinitions ?? [];
    return getVariableValues(this.schema, definitions, variables).coerced ?? null;
  }

  /** Null where graphql-js executes this time. */
  #code(document: DocumentNode, operation: KnownOperation, variables: Record<string, unknown>): Code | null {
    let key = '';
    for (const name of operation.conditions) {
      const value = variables[name];
      // Null for a variable that has a default: an error, which graphql-js words.
      if (typeof value !== 'boolean') return null;
      key += value ? '1' : '0';
    }
    const plan = operation.plans.get(key);
    if (plan === undefined) {
      operation.plans.set(key, { code: 'not yet' });
      return null;
    }
    if (plan.code === 'not yet') {
      plan.code =
        compile(this.schema, withoutConditions(document, operation.definition, variables)) ?? 'not compilable';
    }
    if (plan.code === 'not compilable') return null;
    // Also makes it the one that was used last.
    this.#compiled.set(plan, true);
    return plan.code;
  }
}

function compile(schema: GraphQLSchema, document: DocumentNode): Code | null {
  if (!hasPlainNames(schema, document)) return null;
  const compiled = compileQuery(schema, document, undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? { query: compiled.query, document } : null;
}
