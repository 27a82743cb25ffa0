import { type FieldNode, type GraphQLFieldResolver, type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import type { RequestContext } from '../federation/request.ts';
import type { SlicedWork } from '../federation/sliced-work.ts';
import type { BatchResolver, ResponsePath } from './resolvers/batch-resolver.ts';
import { fieldSelection } from './selections.ts';

type Path = GraphQLResolveInfo['path'];

interface Call {
  readonly parent: unknown;
  readonly path: Path;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Batch {
  readonly fieldNodes: readonly FieldNode[];
  readonly calls: Call[];
}

/**
 * Lets an executor that goes parent by parent call a batch resolver: the calls that it makes for one field of the
 * document within one level become one. Which field it is, its AST nodes tell: in one request they fix the arguments.
 */
export function batchToFieldResolver<Parent, Args, Value>(
  resolver: BatchResolver<Parent, Args, Value>,
): GraphQLFieldResolver<Parent, RequestContext, Args, Promise<unknown>> {
  const waiting = new WeakMap<RequestContext, Map<FieldNode, Batch[]>>();

  return (parent, _args, context, info) =>
    new Promise((resolve, reject) => {
      let batches = waiting.get(context);
      if (batches === undefined) {
        batches = new Map();
        waiting.set(context, batches);
      }
      const first = info.fieldNodes[0]!;
      const batch = batches.get(first)?.find((other) => sameNodes(other.fieldNodes, info.fieldNodes));
      const call = { parent, path: info.path, resolve, reject };
      if (batch !== undefined) {
        batch.calls.push(call);
        return;
      }
      const opened: Batch = { fieldNodes: info.fieldNodes, calls: [call] };
      batches.set(first, [...(batches.get(first) ?? []), opened]);
      const close = () => {
        const left = batches.get(first)?.filter((other) => other !== opened) ?? [];
        if (left.length === 0) batches.delete(first);
        else batches.set(first, left);
        void answer(opened.calls, resolver, context, info);
      };
      // The parents of a level arrive in many promise jobs, and where they are many in several turns of the event loop.
      context.work.whenAllAsked(close);
    });
}

async function answer<Parent, Args, Value>(
  calls: readonly Call[],
  resolver: BatchResolver<Parent, Args, Value>,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<void> {
  let settle: (call: Call, index: number) => void;
  try {
    // Once a batch instead of once a parent, and by graphql-js: compiled code forgets defaults within input objects.
    const definition = info.parentType.getFields()[info.fieldName]!;
    const args = getArgumentValues(definition, info.fieldNodes[0]!, info.variableValues) as Args;
    // Only calls of this very field were collected, so the parents are of its type.
    const parents = calls.map((call) => call.parent as Parent);
    const selection = fieldSelection(info);
    const values = await resolver(parents, args, context, { selection, path: (index) => pathOf(calls[index]?.path) });
    if (values.length !== calls.length) {
      throw new Error(
        `The resolver of ${info.parentType.name}.${info.fieldName} gave ${values.length} values for ${calls.length} parents.`,
      );
    }
    settle = (call, index) => {
      const value = values[index];
      if (value instanceof Error) call.reject(value);
      else call.resolve(value);
    };
  } catch (error) {
    settle = (call) => call.reject(error);
  }
  await settleAll(calls, settle, context.work);
}

/** What is settled the executor completes at once, with all that is below it: after each call others may have a turn. */
async function settleAll(
  calls: readonly Call[],
  settle: (call: Call, index: number) => void,
  work: SlicedWork,
): Promise<void> {
  for (let index = 0; index < calls.length; index++) {
    if (work.isSliceOver) await work.giveWay().catch(() => {});
    // Nobody waits for the answer any more: the executor is left where it is, and goes with what it made.
    if (work.isAbandoned) return;
    settle(calls[index]!, index);
    // The promise job in which the executor completes it is due before this goes on.
    if (index < calls.length - 1) await null;
  }
}

function sameNodes(some: readonly FieldNode[], others: readonly FieldNode[]): boolean {
  return some === others || (some.length === others.length && some.every((node, index) => node === others[index]));
}

function pathOf(path: Path | undefined): ResponsePath {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
