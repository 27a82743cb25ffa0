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
import { documentShape } from './document-shape.ts';
import { documentWeight } from './document-weight.ts';
import { type ExecutionRequest, type Executor, withErrorsBeside } from './executor.ts';
import { internalError } from './internal-error.ts';
import { jitErrors } from './jit-errors.ts';
import { ReferenceExecutor } from './reference-executor.ts';

/** Bytes of memory that the plans of all documents may take together; the least recently used one goes first. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Bytes of memory that generated code takes, a field. Measured: 1,800 to 3,400. */
const PER_FIELD = 4_096;
/** Plans of one document: one with many conditions has more outcomes than are worth it. Beyond it graphql-js executes. */
const MAX_PLANS_OF_DOCUMENT = 32;

interface KnownDocument {
  /** By name; null where only graphql-js executes. */
  readonly operations: Map<string, KnownOperation | null>;
  /** By operation and the values of its conditions. */
  readonly plans: LRUCache<string, Plan>;
}

interface KnownOperation {
  readonly definition: OperationDefinitionNode;
  /** Which variables decide what is selected. */
  readonly conditions: readonly string[];
}

/** An operation with known conditions, which was executed before. */
interface Plan {
  readonly key: string;
  /** Those of its document. */
  readonly plans: LRUCache<string, Plan>;
  /** Bytes of memory that it takes once it is compiled, with the document that its code keeps. */
  readonly weight: number;
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
  /** Kept as long as somebody else keeps the document. */
  readonly #documents = new WeakMap<DocumentNode, KnownDocument>();
  readonly #plans = new LRUCache<Plan, true>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: (_, { weight }) => weight,
    disposeAfter: (_, { plans, key }) => plans.delete(key),
  });
  readonly #onExecuted: OnExecuted;

  constructor(schema: GraphQLSchema, onExecuted: OnExecuted = () => {}) {
    this.schema = schema;
    this.#reference = new ReferenceExecutor(schema);
    this.#onExecuted = onExecuted;
  }

  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    const started = performance.now();
    const known = this.#known(request.document);
    const operation = this.#operation(known, request);
    // graphql-jit forgets defaults of non-null variables. It reads what graphql-js has read again: scalars allow that.
    const variables = operation && this.#variables(operation, request);
    const code = variables && this.#code(request.document, known, operation, variables);
    if (!code) {
      const result = await this.#reference.execute(request);
      this.#onExecuted('reference', performance.now() - started);
      return result;
    }
    try {
      const { data, errors } = await withErrorsBeside(await code.query(undefined, request.context, variables));
      this.#onExecuted('jit', performance.now() - started);
      return errors === undefined ? { data } : { data, errors: jitErrors(this.schema, code.document, errors) };
    } catch (error) {
      return { data: null, errors: [internalError(error)] };
    }
  }

  #known(document: DocumentNode): KnownDocument {
    let known = this.#documents.get(document);
    if (known === undefined) {
      const plans = new LRUCache<string, Plan>({
        max: MAX_PLANS_OF_DOCUMENT,
        disposeAfter: (plan) => this.#plans.delete(plan),
      });
      known = { operations: new Map(), plans };
      this.#documents.set(document, known);
    }
    return known;
  }

  #operation({ operations }: KnownDocument, { document, operationName }: ExecutionRequest): KnownOperation | null {
    const name = operationName ?? '';
    let operation = operations.get(name);
    if (operation === undefined) {
      const definition = getOperationAST(document, operationName);
      // An operation that is not there is not remembered: its name is the client's choice.
      if (!definition) return null;
      operation = isCompilable(document, definition)
        ? { definition, conditions: conditionVariables(document, definition) }
        : null;
      operations.set(name, operation);
    }
    return operation;
  }

  /** Null where they are wrong: graphql-js says how. */
  #variables({ definition }: KnownOperation, { variables }: ExecutionRequest): Record<string, unknown> | null {
    const definitions = definition.variableDefinitions ?? [];
    return getVariableValues(this.schema, definitions, variables).coerced ?? null;
  }

  /** Null where graphql-js executes this time. */
  #code(
    document: DocumentNode,
    { plans }: KnownDocument,
    { definition, conditions }: KnownOperation,
    variables: Record<string, unknown>,
  ): Code | null {
    let key = definition.name?.value ?? '';
    for (const name of conditions) {
      const value = variables[name];
      // Null for a variable that has a default: an error, which graphql-js words.
      if (typeof value !== 'boolean') return null;
      key += value ? ' 1' : ' 0';
    }
    const plan = plans.get(key);
    if (plan === undefined) {
      // Weighed before it is compiled: plans that do not all fit would otherwise be compiled again and again.
      const weight = documentWeight(document) + documentShape(document).of(definition).fields * PER_FIELD;
      const seen: Plan = { key, plans, weight, code: 'not yet' };
      plans.set(key, seen);
      this.#plans.set(seen, true);
      return null;
    }
    // The one that was used last goes last.
    this.#plans.get(plan);
    if (plan.code === 'not yet') {
      plan.code = compile(this.schema, withoutConditions(document, definition, variables)) ?? 'not compilable';
    }
    return plan.code === 'not compilable' ? null : plan.code;
  }
}

function compile(schema: GraphQLSchema, document: DocumentNode): Code | null {
  if (!hasPlainNames(schema, document)) return null;
  const compiled = compileQuery(schema, document, undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? { query: compiled.query, document } : null;
}
