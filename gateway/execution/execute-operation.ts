/**
 * An operation, in the order in which it happens: the text is weighed before it is parsed (depth, aliases, tokens); the
 * document is parsed and validated once and cached; then, here, variables are coerced, the cost is checked, the deadline starts and
 * the context of the request is made. The compiled executor resolves the query level by level, each field for all of its
 * parents in one call; graphql-js executes what cannot be compiled. At the end the answer is counted against the memory
 * budget, and what sources reported becomes `errors` and `extensions`.
 */

import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Logger } from '../../adapters/adapter.ts';
import type { ByteShare } from '../federation/byte-budget.ts';
import { clientError } from '../federation/client-error.ts';
import type { Registry } from '../federation/registry.ts';
import { createRequestContext } from '../federation/request-context.ts';
import { renderReport } from '../federation/source-report.ts';
import type { SubmissionDoor } from '../submission/submission-door.ts';
import { coerceVariables } from './coerce-variables.ts';
import { checkCost } from './cost.ts';
import { withDeadline } from './deadline.ts';
import type { Executor } from './executor.ts';
import { fieldAtPath } from './field-at-path.ts';
import { toClientError } from './format-errors.ts';
import { internalError } from './internal-error.ts';
import type { Limits } from './limits.ts';
import { checkListValues } from './list-values.ts';
import { takeAnswer } from './take-answer.ts';

/** What all requests share. */
export interface Gateway {
  readonly executor: Executor;
  readonly registry: Registry;
  readonly submission: SubmissionDoor;
  readonly limits: Limits;
}

/** What one request brings. */
export interface Caller {
  readonly requestId: string;
  readonly log: Logger;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** What the request holds in memory. */
  readonly memory: ByteShare;
  readonly token: string | null;
  /** Milliseconds that a kept answer may be old for this client; null: as the configuration says. */
  readonly maxAgeMs: number | null;
  /** Why this caller may change nothing; null where the token decides. */
  readonly mutationRefusal: string | null;
}

export interface Operation {
  readonly document: DocumentNode;
  /** Absent where the document has none of that name, or several and none was named. */
  readonly definition: OperationDefinitionNode | undefined;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Executes an operation of a valid document, within the limits, and adds what the sources reported. An answer without
 * `data` was refused before anything was executed.
 */
export async function executeOperation(
  gateway: Gateway,
  caller: Caller,
  operation: Operation,
): Promise<ExecutionResult> {
  const { executor, limits } = gateway;
  const { definition, document } = operation;
  if (definition === undefined) return { errors: [noOperation(operation)] };
  // Validation lets it pass: without a root type there is nothing that its fields could be held against.
  if (!executor.schema.getRootType(definition.operation)) return { errors: [noSuchKind(definition.operation)] };
  const variables = coerceVariables(executor.schema, definition, operation.variables);
  if (variables.errors !== undefined) return { errors: variables.errors };
  const question = {
    schema: executor.schema,
    operation: definition,
    fragments: fragmentsOf(document),
    variables: variables.coerced,
  };
  const refusal = checkListValues(question, limits) ?? checkCost(question, limits.cost);
  if (refusal !== null) return { errors: [refusal] };

  const mutates = definition.operation === OperationTypeNode.MUTATION;
  if (mutates && caller.mutationRefusal !== null) return { errors: [clientError('FORBIDDEN', caller.mutationRefusal)] };
  return withDeadline(caller.signal, mutates ? null : limits.deadline, async (workLimits) => {
    const { registry, submission } = gateway;
    const { log, token, maxAgeMs, memory } = caller;
    const context = createRequestContext({ ...workLimits, log, registry, submission, token, maxAgeMs, memory });
    const { operationName } = operation;
    const result = await executor
      .execute({ document, operationName, variables: operation.variables, context })
      .catch((error: unknown): ExecutionResult => ({ data: null, errors: [internalError(error)] }));
    await takeAnswer(memory, result.data, workLimits);
    if (memory.failure !== null) return { data: null, errors: [clientError('LIMIT_EXCEEDED', memory.failure.message)] };
    const { operation: asked, fragments } = question;
    const report = renderReport(context.report, (path) => fieldAtPath(asked, fragments, path));
    const errors = [...(result.errors ?? []), ...report.errors].map((error) =>
      toClientError(error, log, caller.requestId),
    );
    return {
      ...(errors.length > 0 && { errors }),
      data: result.data ?? null,
      extensions: { ...result.extensions, ...report.extensions },
    };
  });
}

function noOperation({ operationName }: Operation): GraphQLError {
  return clientError(
    'BAD_USER_INPUT',
    operationName === null
      ? 'The document has several operations: say which one by "operationName".'
      : `The document has no operation named ${JSON.stringify(operationName.slice(0, 80))}.`,
  );
}

function noSuchKind(kind: OperationTypeNode): GraphQLError {
  return clientError('BAD_USER_INPUT', `The schema has no ${kind}: ask by a query.`);
}

const fragments = new WeakMap<DocumentNode, ReadonlyMap<string, FragmentDefinitionNode>>();

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  let known = fragments.get(document);
  if (known === undefined) {
    const definitions = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    known = new Map(definitions.map((definition) => [definition.name.value, definition]));
    fragments.set(document, known);
  }
  return known;
}
