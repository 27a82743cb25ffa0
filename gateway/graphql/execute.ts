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
  type SelectionSetNode,
} from 'graphql';
import type { Logger } from '../../adapters/contract/adapter.ts';
import { isSliceOver, yieldToEventLoop } from '../../adapters/kit/yield-to-event-loop.ts';
import { ByteBudgetError, type ByteShare, type ByteWait } from '../federation/byte-budget.ts';
import { AnswerMeter } from '../federation/guard/answer-size.ts';
import { WAIT_MS } from '../federation/guard/deadline.ts';
import type { Registry } from '../federation/registry.ts';
import { createRequestContext } from '../federation/request.ts';
import { clientError, renderReport } from '../federation/source-report.ts';
import type { SubmissionDoor } from '../ingest/submission.ts';
import { checkCost } from './cost.ts';
import { toClientError } from './errors.ts';
import { type Executor, internalError } from './executor.ts';
import type { Limits } from './limits.ts';
import { checkListValues, coerceVariables } from './variables.ts';

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

// Kept with the document, since its store hands over nothing but the document, and drops both together.
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

/** Values that are looked at in one step: well below a millisecond. */
const STEP = 4_000;

/**
 * Takes the memory that the text of an answer needs, before it is written: what was read once may be shown a thousand
 * times. Where it cannot be had, the share says why.
 */
export async function takeAnswer(memory: ByteShare, data: unknown, wait: ByteWait): Promise<void> {
  const meter = new AnswerMeter(data);
  let taken = 0;
  try {
    for (;;) {
      const hasMore = meter.walk(STEP);
      const bytes = meter.size - taken;
      taken = meter.size;
      await memory.take('answer', bytes, wait);
      if (!hasMore) return;
      if (isSliceOver()) await yieldToEventLoop();
    }
  } catch (error) {
    if (!(error instanceof ByteBudgetError)) throw error;
  }
}

/**
 * The name that the schema gives the field at a path of the answer, which has aliases instead; null where the operation
 * has nothing there.
 */
export function fieldAtPath(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  path: readonly (string | number)[],
): string | null {
  let level: readonly SelectionSetNode[] = [operation.selectionSet];
  let name: string | null = null;
  for (const key of path) {
    if (typeof key === 'number') continue;
    const seen = new Set<string>();
    const fields = level.flatMap((selections) => [...fieldsOf(selections, fragments, seen)]);
    const here = fields.filter((field) => (field.alias ?? field.name).value === key);
    name = here[0]?.name.value ?? null;
    level = here.flatMap(({ selectionSet }) => selectionSet ?? []);
  }
  return name;
}

/** All fields of a selection set, those of its fragments included. */
function* fieldsOf(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: Set<string>,
): Generator<Extract<SelectionSetNode['selections'][number], { readonly kind: Kind.FIELD }>> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldsOf(selection.selectionSet, fragments, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) yield* fieldsOf(fragment.selectionSet, fragments, seen);
    }
  }
}

/** Milliseconds, as the deadline of what has none: a timer can still be set to it. */
const A_DAY = 86_400_000;

/** Until when the work of a request goes on. */
export interface WorkLimits {
  /** Aborts when the client has gone or the deadline is over. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Aborts when nobody waits for the answer any more: the client has gone, or the grace after the deadline is over. */
  readonly over: AbortSignal;
}

/**
 * Runs `work` with a signal that aborts when the client has gone or the deadline is over. A source that is late by then
 * says so itself (SOURCE_TIMEOUT) and what others gave is returned; DEADLINE_EXCEEDED is for our own work, when even
 * that takes too long.
 */
export async function withDeadline(
  client: AbortSignal,
  timeout: number | null,
  work: (limits: WorkLimits) => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (timeout === null)
    return work({ signal: client, deadline: Date.now() + A_DAY, over: new AbortController().signal });
  const controller = new AbortController();
  const ending = new AbortController();
  const overdue = new Promise<ExecutionResult>((resolve) => {
    ending.signal.addEventListener('abort', () => resolve(deadlineExceeded(timeout)), { once: true });
  });
  const leave = () => {
    controller.abort(client.reason);
    ending.abort(client.reason);
  };
  if (client.aborted) leave();
  else client.addEventListener('abort', leave, { once: true });
  const isLate = () => new DOMException('The deadline is over.', 'TimeoutError');
  const late = setTimeout(() => controller.abort(isLate()), timeout);
  const tooLate = setTimeout(() => ending.abort(isLate()), timeout + WAIT_MS.afterDeadline);
  try {
    const limits = { signal: controller.signal, deadline: Date.now() + timeout, over: ending.signal };
    return await Promise.race([work(limits), overdue]);
  } finally {
    clearTimeout(late);
    clearTimeout(tooLate);
    client.removeEventListener('abort', leave);
  }
}

function deadlineExceeded(timeout: number): ExecutionResult {
  const message = `The gateway's own work took longer than ${timeout} ms; ask for less at once.`;
  return { data: null, errors: [clientError('DEADLINE_EXCEEDED', message)] };
}
